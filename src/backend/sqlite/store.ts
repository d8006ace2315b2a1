import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { asHubError, HubError } from "../../errors.ts";
import type { LaneTable } from "../../store/lane-table.ts";
import type { Store, Tx } from "../../store/store.ts";
import { auditTable } from "./audit-table.ts";
import { counter } from "./counter.ts";
import { crmTables } from "./crm-tables.ts";
import { cursorTable } from "./cursor-table.ts";
import { deliveryTable } from "./delivery-table.ts";
import { fileTable } from "./file-table.ts";
import { flowTable } from "./flow-table.ts";
import { everyLane } from "./lane-table.ts";
import { lockFolder } from "./lock.ts";
import { messageTable } from "./message-table.ts";
import { migrate } from "./migrate.ts";
import { requireUnmoved } from "./moved.ts";
import { slotTable } from "./slot-table.ts";
import { openSql, type Sql } from "./sql.ts";
import { tallyTable } from "./tally-table.ts";

export const DATABASE = "tieline.db";

/**
 * Opens the embedded store in a folder, which one process holds at a time.
 * @throws HubError TL_CONFLICT when another process has the folder, TL_STORE_FAILED when it cannot be opened
 */
export function openSqliteStore(folder: string): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  let sql: Sql;
  try {
    sql = openSql(join(folder, DATABASE), "writer");
    migrate(sql);
    requireUnmoved(sql);
  } catch (error) {
    unlock();
    if (error instanceof HubError) throw error;
    throw new HubError("TL_STORE_FAILED", `the database in ${folder} cannot be opened: ${reason(error)}`, {
      cause: error,
    });
  }
  const lanes = everyLane();
  const tx = tables(sql, lanes.table);
  // Transactions queue here: SQLite has one writer, and an awaiting transaction must not see another's rows.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    seat: lanes.seat,
    transaction(work) {
      const mine = turn.then(() => runAlone(sql, tx, work));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async backup(target) {
      mkdirSync(target, { recursive: true, mode: 0o700 });
      await turn;
      sql.run("VACUUM INTO ?", join(target, DATABASE));
    },
    async close() {
      await turn;
      sql.script("PRAGMA wal_checkpoint(TRUNCATE)");
      sql.close();
      unlock();
    },
  };
}

async function runAlone<Result>(sql: Sql, tx: Tx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  try {
    sql.script("BEGIN IMMEDIATE");
  } catch (error) {
    throw new HubError("TL_STORE_FAILED", `no transaction can begin: ${reason(error)}`, { cause: error });
  }
  let result: Result;
  try {
    result = await work(tx);
  } catch (error) {
    rollback(sql);
    if (isSqliteError(error)) {
      throw new HubError("TL_STORE_FAILED", `the store failed: ${reason(error)}`, { cause: error });
    }
    throw error;
  }
  try {
    sql.script("COMMIT");
  } catch (error) {
    rollback(sql);
    throw new HubError("TL_STORE_FAILED", `the commit failed: ${reason(error)}`, { cause: error });
  }
  return result;
}

function rollback(sql: Sql): void {
  try {
    sql.script("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself (disk full); there is nothing left to undo.
  }
}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE");
}

/** SQLite's own texts name tables and codes, never row values. */
function reason(error: unknown): string {
  if (error instanceof Error && "code" in error) return `${String(error.code)} ${error.message}`;
  return asHubError(error).message;
}

function tables(sql: Sql, lanes: LaneTable): Tx {
  const place = counter(sql, "place");
  const delivery = counter(sql, "delivery");
  return {
    messages: messageTable(sql, place),
    deliveries: deliveryTable(sql, () => delivery(1)),
    flows: flowTable(sql),
    files: fileTable(sql),
    slots: slotTable(sql),
    cursors: cursorTable(sql),
    tallies: tallyTable(sql),
    audit: auditTable(sql),
    crm: crmTables(sql),
    lanes,
  };
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { asHubError, HubError } from "../../errors.ts";
import type { Committed, Store, Tx } from "../../store/store.ts";
import { auditTable } from "./audit-table.ts";
import { counter } from "./counter.ts";
import { crmTables, readHeads } from "./crm-tables.ts";
import { deliveryTable } from "./delivery-table.ts";
import { fileTable } from "./file-table.ts";
import { flowTable } from "./flow-table.ts";
import { lockFolder } from "./lock.ts";
import { messageTable } from "./message-table.ts";
import { migrate } from "./migrate.ts";
import { slotTable } from "./slot-table.ts";
import { openSql, type Sql } from "./sql.ts";
import { tallyTable } from "./tally-table.ts";

export const DATABASE = "tieline.db";

/** Every commit empties the cache of another connection, so that a large one would be of no use. */
const READER_KIB = 4096;

/**
 * Opens the embedded store in a folder, which one process holds at a time.
 * @throws HubError TL_CONFLICT when another process has the folder, TL_STORE_FAILED when it cannot be opened
 */
export function openSqliteStore(folder: string): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  let sql: Sql;
  let reader: Sql;
  try {
    sql = openSql(join(folder, DATABASE), "writer");
    migrate(sql);
    reader = openSql(join(folder, DATABASE), "reader", READER_KIB);
  } catch (error) {
    unlock();
    throw new HubError("TL_STORE_FAILED", `the database in ${folder} cannot be opened: ${reason(error)}`, {
      cause: error,
    });
  }
  const tx = tables(sql);
  // Transactions queue here: SQLite has one writer, and an awaiting transaction must not see another's rows.
  let turn: Promise<unknown> = Promise.resolve();
  const alone = <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    transaction: (work) => alone(() => runAlone(sql, tx, work)),
    committed: committed(reader),
    async backup(target) {
      mkdirSync(target, { recursive: true, mode: 0o700 });
      await alone(() => sql.run("VACUUM INTO ?", join(target, DATABASE)));
    },
    async close() {
      await turn;
      reader.close();
      sql.script("PRAGMA wal_checkpoint(TRUNCATE)");
      sql.close();
      unlock();
    },
  };
}

async function runAlone<Result>(sql: Sql, tx: Tx, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  try {
    sql.begin();
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
    await sql.commit();
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

function committed(reader: Sql): Committed {
  return {
    heads: async (entity, system, externalIds) => readHeads(reader, entity, system, externalIds),
    hasQueued: async (flow) =>
      reader.get("SELECT 1 FROM message WHERE state = 0 AND flow = ? LIMIT 1", flow) !== undefined,
  };
}

function tables(sql: Sql): Tx {
  const place = counter(sql, "place");
  const delivery = counter(sql, "delivery");
  return {
    messages: messageTable(sql, () => place(1)),
    deliveries: deliveryTable(sql, () => delivery(1)),
    flows: flowTable(sql),
    files: fileTable(sql),
    slots: slotTable(sql),
    tallies: tallyTable(sql),
    audit: auditTable(sql),
    crm: crmTables(sql),
  };
}

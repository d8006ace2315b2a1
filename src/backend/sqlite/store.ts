import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../errors.ts";
import type { LaneTable } from "../../store/lane-table.ts";
import type { Store, Tx } from "../../store/store.ts";
import { accessTable } from "./access-table.ts";
import { alertTable } from "./alert-table.ts";
import { auditTable } from "./audit-table.ts";
import { bundleTable } from "./bundle-table.ts";
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
import { muteTable } from "./mute-table.ts";
import { retentionTable } from "./retention-table.ts";
import { slotTable } from "./slot-table.ts";
import { openSql, type Sql } from "./sql.ts";
import { tallyTable } from "./tally-table.ts";
import { reason, transactions } from "./transactions.ts";

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
  const turns = transactions(sql, tx);
  return {
    seat: lanes.seat,
    transaction: turns.transaction,
    async backup(target) {
      mkdirSync(target, { recursive: true, mode: 0o700 });
      await turns.between(() => {
        sql.run("VACUUM INTO ?", join(target, DATABASE));
      });
    },
    async close() {
      await turns.between(() => {
        sql.script("PRAGMA wal_checkpoint(TRUNCATE)");
        sql.close();
        unlock();
      });
    },
  };
}

function tables(sql: Sql, lanes: LaneTable): Tx {
  const place = counter(sql, "place");
  const delivery = counter(sql, "delivery");
  return {
    messages: messageTable(sql, place),
    deliveries: deliveryTable(sql, () => delivery(1)),
    flows: flowTable(sql),
    files: fileTable(sql),
    bundles: bundleTable(sql),
    slots: slotTable(sql),
    cursors: cursorTable(sql),
    tallies: tallyTable(sql),
    access: accessTable(sql),
    audit: auditTable(sql),
    alerts: alertTable(sql),
    mutes: muteTable(sql),
    retention: retentionTable(sql),
    crm: crmTables(sql),
    lanes,
  };
}

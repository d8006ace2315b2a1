import { existsSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "./lock.ts";
import { openSql } from "./sql.ts";
import { DATABASE } from "./store.ts";

/**
 * Looks at a store that no hub has open.
 * @throws HubError TL_CONFLICT while a hub has the folder
 */
export function inspectSqliteStore(folder: string): {
  exists: boolean;
  problems: readonly string[];
} {
  const path = join(folder, DATABASE);
  if (!existsSync(path)) return { exists: false, problems: [] };
  const unlock = lockFolder(folder);
  try {
    const sql = openSql(path, "reader");
    try {
      const rows = sql.all<{ quick_check: string }>("PRAGMA quick_check(10)").map((row) => row.quick_check);
      return { exists: true, problems: rows.filter((row) => row !== "ok") };
    } finally {
      sql.close();
    }
  } finally {
    unlock();
  }
}

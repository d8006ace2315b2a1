import { join } from "node:path";
import type { CrmReads } from "../../store/crm-reads.ts";
import type { Queries } from "../../store/queries.ts";
import { crmReads } from "./crm-reads.ts";
import { sqliteQueries } from "./queries.ts";
import { openSql } from "./sql.ts";
import { DATABASE } from "./store.ts";

/**
 * Opens the read ports on the embedded store's folder: one connection that cannot write, which `queries.close` closes.
 * The store must have been opened before, which creates the tables.
 */
export function openSqliteReads(folder: string): { readonly queries: Queries; readonly crm: CrmReads } {
  const sql = openSql(join(folder, DATABASE), "reader");
  return { queries: sqliteQueries(sql), crm: crmReads(sql) };
}

import { NAME_BLOCK } from "./crm-schema.ts";
import type { Sql } from "./sql.ts";

/** So many new customers are indexed by name at once; fewer are looked through by whoever searches. */
const STRETCH = 2_048;

/** Customers up to this id are in the index, or have no name. */
export const INDEXED = "SELECT CAST(value AS INTEGER) AS id FROM meta WHERE name = 'named'";
const INDEX = `INSERT INTO customer_name (block, folded, id) SELECT id >> ${NAME_BLOCK}, folded, id FROM customer
  WHERE id > ?1 AND id <= ?2 AND alive = 1 AND folded IS NOT NULL ORDER BY 1, 2, 3`;
const MARK = "UPDATE meta SET value = ? WHERE name = 'named'";

/** Called in a transaction that has added customers. @param last the highest id among them */
export function indexNames(sql: Sql, last: number): void {
  const indexed = sql.get<{ id: number }>(INDEXED)?.id ?? 0;
  if (last - indexed < STRETCH) return;
  sql.run(INDEX, indexed, last);
  sql.run(MARK, String(last));
}

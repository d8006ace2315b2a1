import type { Sql, SqlValue } from "./sql.ts";

const LARGE = 64;
const MEDIUM = 16;

/**
 * Inserts many rows with few calls: a call into the database costs more than a row. Statements are prepared once and
 * kept, so their sizes are few: the large, the medium, and each below that for what is left.
 *
 * @param head `INSERT INTO t (a, b) VALUES`
 * @param tail what follows the values, e.g. `ON CONFLICT …`
 */
export function insertRows(
  sql: Sql,
  head: string,
  rows: readonly (readonly SqlValue[])[],
  tail = "",
): number {
  let changed = 0;
  let at = 0;
  while (at < rows.length) {
    const left = rows.length - at;
    const size = left >= LARGE ? LARGE : Math.min(left, MEDIUM);
    const width = rows[at]?.length ?? 0;
    const values: SqlValue[] = [];
    for (let index = at; index < at + size; index++) values.push(...(rows[index] ?? []));
    changed += sql.runWith(`${head} ${valuesClause(width, size)} ${tail}`, values);
    at += size;
  }
  return changed;
}

const clauses = new Map<number, string>();

function valuesClause(width: number, size: number): string {
  const id = width * 1000 + size;
  let text = clauses.get(id);
  if (text === undefined) {
    const row = `(${Array(width).fill("?").join(",")})`;
    text = Array(size).fill(row).join(",");
    clauses.set(id, text);
  }
  return text;
}

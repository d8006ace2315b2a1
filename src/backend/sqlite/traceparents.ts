import type { Sql } from "./sql.ts";

/** From a message up to the one that came from outside; as long as topics may be passed. */
const TRACEPARENTS = `WITH RECURSIVE up (message, place, step) AS (
    SELECT value, value, 0 FROM json_each(?)
    UNION ALL SELECT up.message, m.cause, step + 1 FROM up JOIN message m ON m.place = up.place
      WHERE m.traceparent IS NULL AND m.cause IS NOT NULL AND step < 16)
  SELECT up.message, m.traceparent FROM up JOIN message m ON m.place = up.place WHERE m.traceparent IS NOT NULL`;

export function readTraceparents(sql: Sql, places: readonly number[]): ReadonlyMap<number, string> {
  const rows = sql.all<{ message: number; traceparent: string }>(TRACEPARENTS, JSON.stringify(places));
  return new Map(rows.map((row) => [row.message, row.traceparent]));
}

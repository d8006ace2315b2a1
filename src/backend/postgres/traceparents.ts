import type { Sql } from "./sql.ts";

/** From a message up to the one that came from outside; as long as topics may be passed. */
const TRACEPARENTS = `WITH RECURSIVE up (message, place, step) AS (
    SELECT place, place, 0 FROM unnest($1::bigint[]) AS wanted (place)
    UNION ALL SELECT up.message, m.cause, step + 1 FROM up JOIN message m ON m.place = up.place
      WHERE m.traceparent IS NULL AND m.cause IS NOT NULL AND step < 16)
  SELECT up.message, m.traceparent FROM up JOIN message m ON m.place = up.place WHERE m.traceparent IS NOT NULL`;

export async function readTraceparents(
  sql: Sql,
  places: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await sql.all<{ message: number; traceparent: string }>(TRACEPARENTS, places);
  return new Map(rows.map((row) => [row.message, row.traceparent]));
}

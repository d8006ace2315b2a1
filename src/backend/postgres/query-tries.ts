import {
  type DeliveryTries,
  MOST_EARLIER_TRIES,
  type Page,
  type Paged,
  type Try,
  type TryPoint,
} from "../../store/queries.ts";
import {
  NEWEST_TRY,
  SELECT_TRIES,
  SHOWN_TRIES,
  type ShownTries,
  type TryColumns,
  toTries,
} from "../rows/try-row.ts";
import type { ReadSql } from "./sql.ts";

export async function readTries(
  sql: ReadSql,
  delivery: number,
  page: Page<TryPoint>,
): Promise<DeliveryTries | undefined> {
  const row = await sql.get<{ message: number }>("SELECT message FROM delivery WHERE id = $1", delivery);
  return row && { ...row, ...(await listTries(sql, delivery, page)) };
}

const COUNT = "SELECT count(*) AS n FROM (SELECT 1 FROM attempt WHERE delivery = $1 LIMIT $2) AS counted";

/** Those of a delivery that are shown with its message. */
export async function newestTries(sql: ReadSql, delivery: number): Promise<ShownTries> {
  const tries = await listTries(sql, delivery, { before: null, limit: SHOWN_TRIES });
  if (tries.next === null) return { tries, earlierTries: 0 };
  const row = await sql.get<{ n: number }>(COUNT, delivery, SHOWN_TRIES + MOST_EARLIER_TRIES);
  return { tries, earlierTries: (row?.n ?? 0) - SHOWN_TRIES };
}

/**
 * Attempts are stored by number, of which there are few: those that do not count share one, and a replay begins anew.
 * So the newest of each number are read, from one number to the next. Of those that began with the attempt at which the
 * page before ended, lower numbers are still to come.
 */
const TRIES = `WITH RECURSIVE numbers (number) AS (
    SELECT min(attempt) FROM attempt WHERE delivery = $1
    UNION ALL SELECT (SELECT min(attempt) FROM attempt WHERE delivery = $1 AND attempt > numbers.number)
    FROM numbers WHERE numbers.number IS NOT NULL)
  SELECT t.* FROM numbers CROSS JOIN LATERAL (
    ${SELECT_TRIES} WHERE delivery = $1 AND attempt = numbers.number
      AND started_at < $2::bigint + (numbers.number < $3::bigint)::integer
    ORDER BY started_at DESC LIMIT $4) AS t
  ORDER BY t."startedAt" DESC, t.attempt DESC LIMIT $4`;

async function listTries(
  sql: ReadSql,
  delivery: number,
  { before, limit }: Page<TryPoint>,
): Promise<Paged<Try, TryPoint>> {
  const { startedAt, attempt } = before ?? NEWEST_TRY;
  return toTries(await sql.all<TryColumns>(TRIES, delivery, startedAt, attempt, limit + 1), limit);
}

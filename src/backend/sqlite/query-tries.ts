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
import type { Sql } from "./sql.ts";

export function readTries(sql: Sql, delivery: number, page: Page<TryPoint>): DeliveryTries | undefined {
  const row = sql.get<{ message: number }>("SELECT message FROM delivery WHERE id = ?", delivery);
  return row && { ...row, ...listTries(sql, delivery, page) };
}

/** Those of a delivery that are shown with its message. */
export function newestTries(sql: Sql, delivery: number): ShownTries {
  const tries = listTries(sql, delivery, { before: null, limit: SHOWN_TRIES });
  if (tries.next === null) return { tries, earlierTries: 0 };
  const row = sql.get<{ n: number }>(
    "SELECT count(*) AS n FROM (SELECT 1 FROM attempt WHERE delivery = ? LIMIT ?)",
    delivery,
    SHOWN_TRIES + MOST_EARLIER_TRIES,
  );
  return { tries, earlierTries: (row?.n ?? 0) - SHOWN_TRIES };
}

/**
 * Attempts are stored by number, of which there are few: those that do not count share one, and a replay begins anew.
 * So the newest of each number are read, from one number to the next.
 */
function listTries(sql: Sql, delivery: number, { before, limit }: Page<TryPoint>): Paged<Try, TryPoint> {
  const point = before ?? NEWEST_TRY;
  const found: TryColumns[] = [];
  let number = numberAfter(sql, delivery, -1);
  while (number !== null) {
    // Of those that began with the attempt at which the page before ended, lower numbers are still to come.
    const end = point.startedAt + (number < point.attempt ? 1 : 0);
    found.push(
      ...sql.all<TryColumns>(
        `${SELECT_TRIES} WHERE delivery = ? AND attempt = ? AND started_at < ? ORDER BY started_at DESC LIMIT ?`,
        ...[delivery, number, end, limit + 1],
      ),
    );
    number = numberAfter(sql, delivery, number);
  }
  const sorted = found.sort((a, b) => b.startedAt - a.startedAt || b.attempt - a.attempt);
  return toTries(sorted.slice(0, limit + 1), limit);
}

function numberAfter(sql: Sql, delivery: number, number: number): number | null {
  const row = sql.get<{ number: number | null }>(
    "SELECT min(attempt) AS number FROM attempt WHERE delivery = ? AND attempt > ?",
    delivery,
    number,
  );
  return row?.number ?? null;
}

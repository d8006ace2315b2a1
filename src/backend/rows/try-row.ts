import type { DeliveryDetail, Paged, Try, TryPoint } from "../../store/queries.ts";
import { cutPage, LAST } from "./page.ts";

/** The columns of an attempt that are listed. */
export const SELECT_TRIES = `SELECT delivery, attempt, started_at AS "startedAt", ended_at AS "endedAt", code, answer,
  CASE WHEN exchange IS NULL THEN 0 ELSE 1 END AS exchanged FROM attempt`;

export type TryColumns = Omit<Try, "exchanged"> & { readonly exchanged: number };

function toTry({ exchanged, ...row }: TryColumns): Try {
  return { ...row, exchanged: exchanged === 1 };
}

/** As many are shown with a message of each delivery. */
export const SHOWN_TRIES = 50;

export type ShownTries = Pick<DeliveryDetail, "tries" | "earlierTries">;

/** Where the first page of attempts begins. */
export const NEWEST_TRY: TryPoint = { startedAt: LAST, attempt: 0 };

/** @param rows newest first, one more than the page has where others follow */
export function toTries(rows: readonly TryColumns[], limit: number): Paged<Try, TryPoint> {
  return cutPage(rows.map(toTry), limit, ({ startedAt, attempt }) => ({ startedAt, attempt }));
}

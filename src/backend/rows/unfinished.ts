import type { Unfinished } from "../../store/queries.ts";

/** No more of one kind are counted than this: a count that is asked for again and again must not grow with a backlog. */
export const MOST_UNFINISHED = 10_000;

/** @param row as counted, so many of each state at most, and of several states more */
export function toUnfinished(row: Unfinished): Unfinished {
  return { ...row, open: Math.min(row.open, MOST_UNFINISHED), parked: Math.min(row.parked, MOST_UNFINISHED) };
}

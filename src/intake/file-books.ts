import { HubError } from "../errors.ts";
import type { ItemEnd } from "../flow/item.ts";
import { runsOf } from "../message/runs.ts";
import type { Books } from "../store/file-table.ts";

/** Adds the ends of a chunk's rows to the books of its file. */
export function tallyRows(books: Books, ends: readonly ItemEnd[]): Books {
  const sums: Record<string, Record<string, number>> = {};
  for (const [route, counts] of Object.entries(books)) sums[route] = { ...counts };
  // Many rows end alike, and those of a first load by one and the same end.
  for (const [{ routes }, n] of runsOf(ends)) {
    for (const [route, outcome] of Object.entries(routes)) {
      const counts = sums[route] ?? {};
      counts[outcome] = (counts[outcome] ?? 0) + n;
      sums[route] = counts;
    }
  }
  return sums;
}

/** A share says little about the first few rows, so it is judged from here on, and at the end of the file. */
const ROWS_TO_JUDGE = 200;

/** Whether too many rows were rejected. @returns the reason to stop, or null */
export function guardTrips(
  guard: number | { readonly rows: number } | null,
  books: Books,
  rows: number,
  over: boolean,
): HubError | null {
  if (guard === null || rows === 0) return null;
  const rejected = Math.max(0, ...Object.values(books).map((counts) => counts["rejected"] ?? 0));
  const trips =
    typeof guard === "number"
      ? (over || rows >= ROWS_TO_JUDGE) && rejected / rows >= guard
      : rejected >= guard.rows;
  if (!trips) return null;
  return new HubError("TL_REJECT_THRESHOLD", `${rejected} of ${rows} rows were rejected`, {
    cure: "Look at the rejects; then `tieline files resume` goes on from here, or mend the file and drop it again.",
  });
}

import type { HeldLanes } from "../../store/lane-table.ts";

/** Those of these lanes; null: of all, which needs no look at them. */
export function lanesIn(of: HeldLanes | undefined): readonly number[] | null {
  return of === undefined || of.every ? null : of.lanes;
}

/** A condition on `lane`, by a parameter as `lanesIn` gives it. */
export function OF(parameter: string): string {
  return `(${parameter}::smallint[] IS NULL OR lane = ANY (${parameter}))`;
}

/** How much more than its part of all a lane may give at first. */
const SPREAD = 2;
/** By how much more it may give when the others had little. */
const MORE = 8;

/**
 * Reads the first ones of each lane: a little more than an even part of the limit, and more only where few lanes have any.
 * @param read the first `share` of each lane, at most `limit` in all
 */
export async function byLane<Row>(
  lanes: readonly number[],
  limit: number,
  read: (share: number) => Promise<Row[]>,
): Promise<Row[]> {
  if (lanes.length === 0) return [];
  for (let share = Math.ceil((SPREAD * limit) / lanes.length); ; share *= MORE) {
    const most = Math.min(share, limit);
    const rows = await read(most);
    // With fewer than a lane may give, none can have more.
    if (rows.length === limit || rows.length < most || most === limit) return rows;
  }
}

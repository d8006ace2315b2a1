import type { Paged } from "../../store/queries.ts";

/** Page numbers are positive and safe; no page before the first one lies above this. */
export const LAST = Number.MAX_SAFE_INTEGER;

/** Cuts a list that was read with one row too many, and says where the next page begins. */
export function cutPage<Item, Point = number>(
  rows: readonly Item[],
  limit: number,
  at: (item: Item) => Point,
): Paged<Item, Point> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? at(last) : null };
}

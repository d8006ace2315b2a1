import type { MessageFilter, MessageSummary } from "../../store/queries.ts";

/** A message at its position in a list: its place, or its row where the list is about one file. */
export interface Position {
  readonly at: number;
  readonly place: number;
}

/** Rows one page may look at in vain; then it ends early and says where to go on. */
export const MOST_LOOKED_AT = 20_000;

/** Rows read in one statement. */
export const MOST_AT_ONCE = 1000;

/** Batches committed together may differ in time; the exact filter on acceptance follows anyway. */
export const SLACK_MS = 5000;

/**
 * A message that ends, or a delivery, this long after it was made stands in an index of its own (LATE_SCHEMA): all
 * others that ended since a time are among those accepted since twice as long before it.
 */
export const LATE_MS = 3_600_000;

/** Places that are looked at, both inclusive. */
export const NO_RANGE = { low: 0, high: Number.MAX_SAFE_INTEGER };

/** Acceptance before which nothing can have ended since that time, but what is late. */
export function earliest(endedSince: number): number {
  return endedSince - 2 * LATE_MS - SLACK_MS;
}

/** Whether acceptance narrows the places to look at: positions are places then, not rows of a file. */
export function ranged(filter: MessageFilter): boolean {
  return filter.file === undefined || filter.key !== undefined || filter.code !== undefined;
}

/** Where a page ends, as a position. */
export function lastShown(items: readonly MessageSummary[], filter: MessageFilter): number {
  const last = items.at(-1);
  const byRow = filter.file !== undefined && filter.key === undefined && filter.code === undefined;
  return (byRow ? last?.fileRow : last?.place) ?? 0;
}

/**
 * The next positions of all streams in one falling order; `floor` null: there is nothing below them.
 * @param batches the next `size` of each stream, falling
 */
export function merge(
  batches: readonly (readonly Position[])[],
  size: number,
  low: number,
): { readonly positions: readonly Position[]; readonly floor: number | null } {
  const seen = new Map<number, Position>();
  let floor: number | null = null;
  for (const batch of batches) {
    for (const position of batch) seen.set(position.place, position);
    const last = batch.at(-1);
    // A stream that was cut says nothing about what lies below its last position.
    if (batch.length === size && last !== undefined) floor = Math.max(floor ?? 0, last.at);
  }
  const least = Math.max(floor ?? 0, low);
  const positions = [...seen.values()].filter((one) => one.at >= least).sort((a, b) => b.at - a.at);
  return { positions, floor: floor !== null && floor > low ? floor : null };
}

import type { Pending } from "../../store/queries.ts";

/** No more parked ones than this are counted at once: the count must not grow with what is stored. */
export const MOST_PARKED = 10_000;

/** So many of a flow's deliveries that wait for a retry are looked at; the oldest of the flow is always among them. */
export const MOST_WAITING = 1_000;

/** So many queued messages are looked at to see how they spread over the lanes. */
export const MOST_QUEUED = 2_000;

/** What waits on a flow, or on one of its routes, as read; milliseconds since 1970. */
export interface PendingRow {
  readonly flow: string;
  readonly to: string | null;
  /** The oldest in the queue, and the oldest that waits for its next try. */
  readonly queued: number | null;
  readonly waiting: number | null;
  readonly parked: number;
}

/** @param unmuted where something of it is muted: how many of the parked ones are not */
export function toPending(
  { flow, to, queued, waiting, parked }: PendingRow,
  unmuted: number | null = null,
): Pending {
  const times = [queued, waiting].filter((at) => at !== null);
  return {
    flow,
    to,
    oldest: times.length === 0 ? null : Math.min(...times),
    parked,
    unmuted: unmuted ?? parked,
  };
}

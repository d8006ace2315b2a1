import type { Collect } from "../config/flow-definition.ts";
import type { NewBundle } from "../store/bundle-table.ts";
import type { Tx } from "../store/store.ts";
import { slotAfter, slotUpTo } from "./schedule.ts";

/** When what gathers for a route is to be sent. */
export interface BundleSlots {
  /**
   * What is to begin now, of what is queued: the rest of a slot that has come, or as many deliveries as a file may hold.
   * Undefined: nothing yet.
   */
  due(tx: Tx, now: number): Promise<Pick<NewBundle, "slot" | "closes"> | undefined>;
}

/** @param since slots before it are nobody's; milliseconds since 1970 */
export function bundleSlots(route: number, { rows, ...schedule }: Collect, since: number): BundleSlots {
  /** No slot comes between the two: what cron says is not asked at each look. */
  let quiet: { readonly from: number; readonly to: number } | null = null;
  /** The last slot that is known to be closed. */
  let closed: number | null = null;

  /** The slot that has come and is not closed. Those that passed while the hub was down are one. */
  async function open(tx: Tx, now: number): Promise<number | null> {
    if (quiet !== null && now >= quiet.from && now < quiet.to) return null;
    closed = await tx.bundles.closed(route);
    const last = slotUpTo(schedule, now);
    if (last !== null && last > Math.max(closed ?? since, since)) return last;
    quiet = { from: now, to: slotAfter(schedule, now) ?? Number.POSITIVE_INFINITY };
    return null;
  }

  return {
    async due(tx, now) {
      const slot = await open(tx, now);
      const isFull = (await tx.deliveries.countQueued(route, rows)) >= rows;
      if (slot !== null) return { slot, closes: !isFull };
      if (!isFull) return undefined;
      const next = slotAfter(schedule, now);
      return next === null ? undefined : { slot: next, closes: false };
    },
  };
}

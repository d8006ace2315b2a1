import type { DeliveryChange, NewDelivery, StoredDelivery } from "../store/delivery-table.ts";
import type { Tx } from "../store/store.ts";

/**
 * A parked delivery holds back those of its key that come after it. When its message is replayed it keeps its place: it is
 * held until the message has been mapped again, then goes out with what that gave, before the others and with the sequence
 * it had. A new delivery would stand behind them: they would overtake it, and a target that goes by the sequence would take
 * them for old.
 */

/** Deliveries of a message that are held until its replay has been mapped. @param replay number of that replay */
export async function keptInLine(
  tx: Tx,
  message: number,
  replay: number,
): Promise<readonly StoredDelivery[]> {
  const all = await tx.deliveries.ofMessage(message);
  return all.filter((delivery) => delivery.state === "held" && replay > 0 && delivery.replay === replay);
}

/** A key that goes on. */
export interface Released {
  readonly scope: number;
  readonly key: string;
  readonly by: number;
}

export interface InLine {
  /** What has no place yet. */
  readonly fresh: readonly NewDelivery[];
  /** Keys of routes that the replay does not go to any more. */
  readonly released: readonly Released[];
}

/** Gives the deliveries of a replay the places that were kept for it; a place that is not needed any more is given up. */
export async function takePlaces(
  tx: Tx,
  kept: readonly StoredDelivery[],
  deliveries: readonly NewDelivery[],
  now: number,
): Promise<InLine> {
  const released: Released[] = [];
  const renewed = new Set<NewDelivery>();
  for (const place of kept) {
    const next = deliveries.find((one) => one.message === place.message && one.route === place.route);
    if (next === undefined) {
      await tx.deliveries.change([endOf(place, "superseded", now)]);
      if (place.key !== null) released.push({ scope: place.route, key: place.key, by: place.id });
    } else {
      await tx.deliveries.renew(place.id, next);
      renewed.add(next);
    }
  }
  return { fresh: deliveries.filter((one) => !renewed.has(one)), released };
}

/** A delivery that ends without being sent. */
export function endOf(
  { id, attempts }: StoredDelivery,
  outcome: "superseded" | "discarded",
  now: number,
): DeliveryChange {
  const answer = outcome === "superseded" ? "replayed" : null;
  return { id, state: "done", attempts, nextAt: null, outcome, failure: null, answer, at: now };
}

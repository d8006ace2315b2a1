import type { Admission, Receipt } from "../control/engine.ts";
import { admit } from "../flow/admit.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { Store } from "../store/store.ts";
import type { MapAhead, Offered } from "./map-ahead.ts";

/**
 * Stores items as `admit` does, and has them mapped meanwhile. What was not committed in the end is not mapped ahead: a
 * transaction that failed gives the places it drew to the next one.
 *
 * @returns also how many are left to be mapped in their turn
 * @throws what `admit` throws
 */
export async function admitAhead(
  store: Store,
  ahead: Pick<MapAhead, "offer">,
  items: readonly Admission[],
  flowOf: (flow: number) => LiveFlow | undefined,
  now: number,
): Promise<{ readonly receipts: readonly Receipt[]; readonly inTurn: number }> {
  let offered: Offered | null = null;
  let count = 0;
  const withdraw = (): void => {
    offered?.withdraw();
    offered = null;
    count = 0;
  };
  try {
    const receipts = await admit(store, items, flowOf, now, (messages, places) => {
      // A store may try a transaction again, with other places.
      withdraw();
      offered = ahead.offer(messages, places);
      if (offered !== null) count = messages.length;
    });
    (offered as Offered | null)?.committed();
    return { receipts, inTurn: items.length - count };
  } catch (error) {
    withdraw();
    throw error;
  }
}

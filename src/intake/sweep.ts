import type { Store } from "../store/store.ts";

/** What the sweeper found; the caller wakes workers for it. */
export interface Swept {
  readonly flows: readonly number[];
  readonly routes: readonly number[];
  readonly nextWake: number | null;
}

/** Puts waiting messages and deliveries whose time has come back on their queues. */
export function wakeWaiting(store: Store, now: number): Promise<Swept> {
  return store.transaction(async (tx) => {
    const held = store.seat.held();
    const flows = await tx.messages.wake(now, held);
    const routes = await tx.deliveries.wake(now, held);
    return { flows, routes, nextWake: await tx.messages.nextWake(held) };
  });
}

/** Sums the books of days that are over. */
export async function sumDays(store: Store, now: number): Promise<void> {
  while (await store.transaction((tx) => tx.tallies.sumDays(now)))
    await new Promise((resolve) => setImmediate(resolve));
}

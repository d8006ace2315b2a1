import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Outgoing } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { seeded } from "../faults/random.ts";
import { queueOf } from "./sender-setup.ts";

/** More than a sender reads at once, most of them of keys that are busy. */
const DELIVERIES = 1_200;
const KEYS = ["a", "a", "a", "a", "b", "b", "c", "d", "e", "f"];

/** The store with answers that come late, as over a network: what was committed is known a little after. */
function farAway(store: Store, milliseconds: () => number): Store {
  return {
    ...store,
    async transaction(work) {
      const result = await store.transaction(work);
      await pause(milliseconds());
      return result;
    },
  };
}

test.each([
  [1, "that takes all", 0],
  [2, "that takes all", 0],
  [3, "that refuses some at first", 40],
])(
  "each key comes in its order out of a queue of many pages, though the store answers late (seed %i, a target %s)",
  async (seed, _, refusals) => {
    const random = seeded(seed);
    const queue = await queueOf(DELIVERIES, KEYS);
    try {
      const got: Outgoing[] = [];
      let refused = 0;
      const send = async (delivery: Outgoing) => {
        await pause(random.int(4));
        if (refused < refusals && delivery.attempt === 1 && random.int(20) === 0) {
          refused += 1;
          throw new HubError("TL_TARGET_FAILED", "not now");
        }
        got.push(delivery);
        return { answer: "200" };
      };
      const late = farAway(queue.store, () => random.int(8));
      const sender = queue.sender({ idempotent: true, concurrency: 6, send }, late);
      const waking = setInterval(() => {
        void queue.store.transaction((tx) => tx.deliveries.wake(Date.now())).then(() => sender.pump());
      }, 20);
      await expect.poll(() => got.length, { timeout: 60_000, interval: 20 }).toBe(DELIVERIES);
      clearInterval(waking);
      expect(refused).toBe(refusals);
      await sender.close();
      for (const key of new Set(KEYS)) {
        const sequences = got.filter((delivery) => delivery.key === key).map(({ sequence }) => sequence);
        expect(sequences).toEqual(sequences.toSorted((left, right) => left - right));
      }
    } finally {
      await queue.dispose();
    }
  },
  150_000,
);

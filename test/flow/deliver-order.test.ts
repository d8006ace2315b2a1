import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { Outgoing, Sink } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import { blockedKeys } from "../../src/flow/blocked-keys.ts";
import { sender } from "../../src/flow/deliver.ts";
import { fence } from "../../src/flow/fence.ts";
import type { Store } from "../../src/store/store.ts";
import { seeded } from "../faults/random.ts";
import { flowDefinition, testEngine } from "./setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;
/** More than the sender reads at once, most of them of keys that are busy. */
const MESSAGES = 1_200;
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
    const routes = [{ to: "desk.notes", when: null, onPark: "block" }] as const;
    const engine = await testEngine([await flowDefinition("events", { routes }, NOTE)]);
    try {
      await Promise.all(
        Array.from({ length: MESSAGES }, (_, n) =>
          engine.post("events", { id: `e${n}`, customer: KEYS[n % KEYS.length], n }),
        ),
      );
      const stored = () => engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM delivery")?.n;
      await expect.poll(stored, { timeout: 20_000 }).toBe(MESSAGES);
      const flow = engine.engine.flows()[0];
      const route = flow?.routes[0];
      if (flow === undefined || route === undefined) throw new Error("no route");
      await engine.engine.stop();

      const store = openSqliteStore(engine.data);
      const got: Outgoing[] = [];
      let refused = 0;
      const sink: Sink = {
        idempotent: true,
        concurrency: 6,
        async send(delivery) {
          await pause(random.int(4));
          if (refused < refusals && delivery.attempt === 1 && random.int(20) === 0) {
            refused += 1;
            throw new HubError("TL_TARGET_FAILED", "not now");
          }
          got.push(delivery);
          return { answer: "200" };
        },
      };
      const blocked = blockedKeys();
      const one = sender(
        route,
        sink,
        {
          store: farAway(store, () => random.int(8)),
          ...{ now: Date.now, random: Math.random, blocked, fence: fence(blocked), flow: () => flow },
          ...{ wakeAt: () => undefined, note: () => undefined, tried: () => undefined },
        },
        null,
      );
      const waking = setInterval(() => {
        void store.transaction((tx) => tx.deliveries.wake(Date.now())).then(() => one.pump());
      }, 20);
      await expect.poll(() => got.length, { timeout: 20_000, interval: 20 }).toBe(MESSAGES);
      clearInterval(waking);
      expect(refused).toBe(refusals);
      await one.close();
      await store.close();
      for (const key of new Set(KEYS)) {
        const sequences = got.filter((delivery) => delivery.key === key).map(({ sequence }) => sequence);
        expect(sequences).toEqual(sequences.toSorted((left, right) => left - right));
      }
    } finally {
      engine.sql.close();
      await rm(engine.data, { recursive: true });
    }
  },
  90_000,
);

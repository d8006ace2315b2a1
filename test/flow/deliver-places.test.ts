import { expect, test } from "vitest";
import type { Outgoing, Sink } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { queueOf } from "./sender-setup.ts";

/** The store whose transactions wait from a moment on, until they are let go. */
function held(store: Store) {
  let opened = (): void => undefined;
  let gate: Promise<void> | null = null;
  const as: Store = {
    ...store,
    async transaction(work) {
      await gate;
      return store.transaction(work);
    },
  };
  const close = (): void => {
    gate ??= new Promise((resolve) => {
      opened = resolve;
    });
  };
  return { as, close, open: () => opened() };
}

const numberIn = ({ body }: Outgoing): number => Number((body as { readonly text: string }).text);

test("what waits for its commit keeps its key waiting, and nobody else from the target", async () => {
  const queue = await queueOf(9, ["a", "b", "c"]);
  try {
    const { as, close, open } = held(queue.store);
    const sent: Outgoing[] = [];
    const sink: Sink = {
      idempotent: true,
      concurrency: 1,
      async send(delivery) {
        close();
        sent.push(delivery);
        return { answer: "200" };
      },
    };
    const one = queue.sender(sink, as);
    await one.pump();
    await expect.poll(() => sent.length).toBe(3);
    const route = (await queue.store.transaction((tx) => tx.flows.routes()))[0]?.id ?? 0;
    const left = () => queue.store.transaction((tx) => tx.deliveries.queued(route, 0, 100));
    expect(await left()).toHaveLength(9);
    expect(sent.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    open();
    await expect.poll(left).toEqual([]);
    for (const key of ["a", "b", "c"]) {
      const numbers = sent.filter((delivery) => delivery.key === key).map(numberIn);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(numbers).toHaveLength(3);
    }
    await one.close();
  } finally {
    await queue.dispose();
  }
}, 20_000);

test.each([1, 4])(
  "older states that were read along with a newer one are not sent behind it (%i at once)",
  async (concurrency) => {
    const queue = await queueOf(0, []);
    try {
      const route = (await queue.store.transaction((tx) => tx.flows.routes()))[0];
      const base = { flow: route?.flow ?? 0, route: route?.id ?? 0, lane: 0, replay: 0, file: null };
      const keys = ["a", "b", "c", "d", "e"];
      await queue.store.transaction((tx) =>
        tx.deliveries.insert(
          [3, 1, 2, 1, 2, 4].flatMap((version, index) =>
            keys.map((key) => ({
              ...{ ...base, key, version, message: index + 1, allowStale: false, createdAt: 1 },
              body: Buffer.from(JSON.stringify({ text: String(version) })),
            })),
          ),
        ),
      );
      const sent: Outgoing[] = [];
      const sink: Sink = {
        idempotent: true,
        concurrency,
        async send(delivery) {
          sent.push(delivery);
          return { answer: "200" };
        },
      };
      const one = queue.sender(sink);
      await one.pump();
      const open = () => queue.store.transaction((tx) => tx.deliveries.open());
      await expect.poll(open).toEqual([]);
      for (const key of keys) expect(sent.filter((one) => one.key === key).map(numberIn)).toEqual([3, 4]);
      await one.close();
    } finally {
      await queue.dispose();
    }
  },
  20_000,
);

test("attempts that a system fails at once are one failure, after which it is asked as soon as after one", async () => {
  const keys = ["a", "b", "c", "d", "e", "f"];
  const queue = await queueOf(keys.length, keys);
  try {
    const failed: ((error: HubError) => void)[] = [];
    const wakes: number[] = [];
    const sink: Sink = {
      idempotent: true,
      concurrency: keys.length,
      send: () => new Promise((_, reject) => void failed.push(reject)),
    };
    const one = queue.sender(sink, queue.store, (at) => wakes.push(at));
    await one.pump();
    await expect.poll(() => failed.length).toBe(keys.length);
    for (const fail of failed) fail(new HubError("TL_TARGET_UNAVAILABLE", "nobody answers"));
    await expect.poll(() => wakes.length).toBe(keys.length);
    // The pause after one failure is a second, give or take a fifth; after six it would be half a minute.
    expect(Math.max(...wakes) - Math.min(...wakes)).toBeLessThan(2_000);
    await one.close();
  } finally {
    await queue.dispose();
  }
}, 20_000);

import { expect, test } from "vitest";
import type { Outgoing, Sink } from "../../src/connector/contract.ts";
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

test("an older state that was read along with the newer one is not sent behind it", async () => {
  const queue = await queueOf(0, []);
  try {
    const route = (await queue.store.transaction((tx) => tx.flows.routes()))[0];
    const base = { flow: route?.flow ?? 0, route: route?.id ?? 0, lane: 0, key: "a", replay: 0, file: null };
    await queue.store.transaction((tx) =>
      tx.deliveries.insert(
        [2, 1, 3].map((version, index) => ({
          ...base,
          ...{ message: index + 1, version, allowStale: false, createdAt: 1 },
          body: Buffer.from(JSON.stringify({ text: String(version) })),
        })),
      ),
    );
    const sent: number[] = [];
    const sink: Sink = {
      idempotent: true,
      async send(delivery) {
        sent.push(numberIn(delivery));
        return { answer: "200" };
      },
    };
    const one = queue.sender(sink);
    await one.pump();
    const open = () => queue.store.transaction((tx) => tx.deliveries.open());
    await expect.poll(open).toEqual([]);
    expect(sent).toEqual([2, 3]);
    await one.close();
  } finally {
    await queue.dispose();
  }
}, 20_000);

import { expect, test } from "vitest";
import type { Sink } from "../../src/connector/contract.ts";
import { queueOf } from "./sender-setup.ts";

test("all that a route had begun when its hub ended is settled, one after the other", async () => {
  const queue = await queueOf(4, ["a", "b", "c", "d"]);
  try {
    const sink: Sink = {
      idempotent: false,
      concurrency: 4,
      send: () => {
        throw new Error("nothing is sent before what was begun is settled");
      },
    };
    const held = queue.store.seat.held();
    await queue.store.transaction(async (tx) => {
      const route = (await tx.flows.routes())[0]?.id ?? 0;
      const queued = await tx.deliveries.queued(route, 0, 10, held);
      const rest = { nextAt: null, outcome: null, failure: null, answer: null, at: 1 };
      await tx.deliveries.change(
        queued.map(({ id }) => ({ id, state: "sending", attempts: 1, allowStale: false, ...rest })),
      );
    });
    const begun = await queue.store.transaction((tx) => tx.deliveries.sending(held));
    expect(begun).toHaveLength(4);
    await queue.sender(sink).recover(begun, held);
    expect(await queue.store.transaction((tx) => tx.deliveries.sending(held))).toEqual([]);
  } finally {
    await queue.dispose();
  }
}, 20_000);

import { afterEach, expect, test } from "vitest";
import { openSqliteQueries } from "../../src/backend/sqlite/queries.ts";
import type { Sink } from "../../src/connector/contract.ts";
import { httpSink } from "../../src/connector/http-sink.ts";
import type { KeptExchange } from "../../src/store/queries.ts";
import { startTarget } from "../fakes/http-target.ts";
import { type Queue, queueOf } from "./sender-setup.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function setup(count: number): Promise<Queue> {
  const queue = await queueOf(
    count,
    Array.from({ length: count }, (_, n) => `k${n}`),
  );
  closing.push(() => queue.dispose());
  return queue;
}

/** What is kept of the attempts of a message, in order. */
async function kept({ data }: Queue, place: number): Promise<readonly (KeptExchange | undefined)[]> {
  const queries = openSqliteQueries(data);
  try {
    const message = await queries.message(place);
    const tries = message?.deliveries.flatMap(({ tries }) => tries.items.toReversed()) ?? [];
    return await Promise.all(tries.map((one) => queries.exchange(one)));
  } finally {
    await queries.close();
  }
}

test("an attempt keeps what was sent and answered: of a refusal all, of what went well the beginning", async () => {
  const queue = await setup(2);
  const long = "x".repeat(5_000);
  const target = await startTarget();
  closing.push(() => target.close());
  target.answer({ status: 422, body: long }, { status: 200, body: long });
  const sink = httpSink(
    { url: target.url, idempotent: true, concurrency: 1 },
    { system: "x", now: Date.now },
  );
  closing.push(() => sink.close());
  const sender = queue.sender(sink);
  await sender.pump();
  await expect.poll(() => target.requests.length).toBe(2);
  await sender.close();
  const [[refused], [taken]] = await Promise.all([kept(queue, 1), kept(queue, 2)]);
  expect(refused?.exchange.answered).toMatchObject({ line: "422", body: { text: long, size: 5_000 } });
  expect(taken?.exchange.answered).toMatchObject({
    line: "200",
    body: { text: long.slice(0, 1024), size: 5_000 },
  });
  // The body is not kept a second time, and is the one the target saw.
  expect(refused?.exchange.sent.body).toBe("delivery");
  expect(Buffer.from(refused?.body ?? []).toString()).toBe(target.requests[0]?.body);
});

test("a sink that tells nothing is heard all the same", async () => {
  const queue = await setup(1);
  const sink: Sink = { idempotent: true, send: async () => ({ answer: "taken" }) };
  const sender = queue.sender(sink);
  await sender.pump();
  await sender.close();
  expect(await kept(queue, 1)).toEqual([undefined]);
});

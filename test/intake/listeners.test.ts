import { afterEach, expect, test } from "vitest";
import { HubError } from "../../src/errors.ts";
import { heardQueue } from "../fakes/pulled-shop.ts";
import { flowDefinition, type TestEngine, testEngine } from "../flow/setup.ts";

const ME = { actor: "test", reason: null };

const open: TestEngine[] = [];
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.dispose();
});

async function setup(queue = heardQueue()) {
  const flow = await flowDefinition("orders", {
    key: "id",
    conflict: "newer",
    routes: [{ to: "topic:seen", when: null, onPark: "skip" }],
  });
  const engine = await testEngine([flow], { shop: queue.system });
  open.push(engine);
  const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const source = async () => (await engine.engine.status()).flows[0]?.source;
  return {
    queue,
    engine,
    until,
    source,
    connected: () => until(async () => (await source())?.state === "connected"),
    stored: () => engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM message")?.n,
  };
}

test("I1: an item is acknowledged when it is stored, and not before", async () => {
  const { queue, connected, stored, until } = await setup();
  await connected();
  queue.waiting.push('{"id":"a"}', '{"id":"b"}');
  const delivered = queue.deliver();
  expect(queue.acknowledged).toEqual([]);
  await delivered;
  expect(queue.acknowledged).toEqual(['{"id":"a"}', '{"id":"b"}']);
  await until(() => stored() === 2);
});

test("what was not acknowledged when the connection broke comes again, and is stored once", async () => {
  const { queue, connected, stored, until } = await setup();
  await connected();
  queue.waiting.push('{"id":"a"}');
  await queue.deliver();
  // The acknowledgement got lost: the queue hands it over once more.
  queue.waiting.push('{"id":"a"}', '{"id":"b"}');
  queue.cut(new HubError("TL_SOURCE_UNAVAILABLE", "the line is cut", { retryAfter: 10 }));
  await until(() => queue.acknowledged.length === 3);
  expect(queue.connections).toBe(2);
  expect(stored()).toBe(2);
});

test("a system that is down is connected to again by itself; until then its failure is shown", async () => {
  const queue = heardQueue();
  queue.refusals.push(new HubError("TL_SOURCE_UNAVAILABLE", "nobody answers", { retryAfter: 1_500 }));
  const { until, source, connected } = await setup(queue);
  await until(async () => (await source())?.state === "waiting");
  expect(await source()).toMatchObject({ kind: "listen", failure: { code: "TL_SOURCE_UNAVAILABLE" } });
  await connected();
  expect(await source()).toMatchObject({ failure: null, nextAt: null });
});

test("an item that is wrong is parked and acknowledged: nobody can be told", async () => {
  const { queue, connected, engine } = await setup();
  await connected();
  queue.waiting.push("{broken", '{"id":"b"}');
  await queue.deliver();
  await engine.settled();
  expect(queue.acknowledged).toHaveLength(2);
  expect(engine.sql.all("SELECT state, failure ->> 'code' AS code FROM message ORDER BY place")).toEqual([
    { state: 4, code: "TL_DECODE_FAILED" },
    { state: 5, code: null },
  ]);
});

test("the connection of a paused flow is closed, and opened again when it is resumed", async () => {
  const { queue, connected, engine, until, source } = await setup();
  await connected();
  await engine.engine.pause(ME, "orders", "accept");
  expect(await source()).toMatchObject({ state: "paused" });
  queue.waiting.push('{"id":"a"}');
  await expect(queue.deliver()).rejects.toMatchObject({ code: "TL_STOPPING" });
  expect(queue.acknowledged).toEqual([]);
  await engine.engine.resume(ME, "orders", "accept");
  await until(() => queue.acknowledged.length === 1);
});

test("a hub that stops closes the connection and leaves the rest with the queue", async () => {
  const { queue, connected, engine } = await setup();
  await connected();
  await engine.restart();
  queue.waiting.push('{"id":"a"}');
  while (queue.acknowledged.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(queue.connections).toBe(2);
});

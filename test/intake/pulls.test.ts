import { afterEach, expect, test } from "vitest";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import { HubError } from "../../src/errors.ts";
import { type PulledShop, pulledShop } from "../fakes/pulled-shop.ts";
import { flowDefinition, type TestEngine, testEngine } from "../flow/setup.ts";

const ME = { actor: "test", reason: "since" };

const open: TestEngine[] = [];
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.dispose();
});

async function setup(shop: PulledShop, over: Partial<FlowDefinition> = {}) {
  const flow = await flowDefinition("orders", {
    key: "id",
    conflict: "newer",
    routes: [{ to: "topic:seen", when: null, onPark: "skip" }],
    ...over,
  });
  const engine = await testEngine([flow], { shop: shop.system });
  open.push(engine);
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const source = async () => (await engine.engine.status()).flows[0]?.source;
  return {
    engine,
    until,
    source,
    bodies: () =>
      engine.sql
        .all<{ body: Uint8Array }>("SELECT body FROM message_body ORDER BY place")
        .map(({ body }) => Buffer.from(body).toString()),
    cursor: () => engine.sql.get<{ value: string }>("SELECT value FROM source_cursor")?.value,
    books: () =>
      engine.sql.all("SELECT outcome, sum(n) AS n FROM tally WHERE route = 0 GROUP BY 1 ORDER BY 1"),
  };
}

test("a source is read batch by batch to its end, each record once, and its cursor is where the last one is", async () => {
  const shop = pulledShop();
  for (const at of [1, 2, 3, 4, 5]) shop.records.push({ id: `o-${at}`, at });
  const { until, bodies, cursor, engine, books } = await setup(shop);
  await until(() => shop.asked.length > 3);
  await engine.settled();
  expect(bodies()).toEqual([1, 2, 3, 4, 5].map((at) => `{"id":"o-${at}","at":${at}}`));
  expect(cursor()).toBe('{"at":5}');
  expect(shop.asked.slice(0, 4)).toEqual([null, { at: 2 }, { at: 4 }, { at: 5 }]);
  expect(shop.settled.slice(0, 3)).toEqual([{ at: 2 }, { at: 4 }, { at: 5 }]);
  expect(books()).toEqual([{ outcome: "accepted", n: 5 }]);
});

test("I1: after a restart it is read from where the last batch was stored", async () => {
  const shop = pulledShop();
  shop.records.push({ id: "o-1", at: 1 });
  const { until, engine, bodies, cursor } = await setup(shop);
  await until(() => cursor() !== undefined);
  await engine.restart();
  shop.asked.length = 0;
  shop.records.push({ id: "o-2", at: 2 });
  await until(() => bodies().length === 2);
  expect(shop.asked[0]).toEqual({ at: 1 });
});

test("what comes again in an overlap is a duplicate; what changed within it is not", async () => {
  const shop = pulledShop({ overlap: 10 });
  shop.records.push({ id: "o-1", at: 100, state: "new" });
  const { until, bodies, books } = await setup(shop);
  await until(() => shop.asked.length > 2);
  expect(bodies()).toHaveLength(1);
  shop.records[0] = { id: "o-1", at: 100, state: "paid" };
  // Of a transaction that was open for long: its row is older than the cursor.
  shop.records.push({ id: "o-2", at: 95, state: "new" });
  await until(() => bodies().length === 3);
  const asked = shop.asked.length;
  await until(() => shop.asked.length > asked + 1);
  expect(bodies().map((body) => (JSON.parse(body) as { state: string }).state)).toEqual([
    "new",
    "new",
    "paid",
  ]);
  expect(books()[0]).toEqual({ outcome: "accepted", n: 3 });
});

test("a record that cannot be decoded, or has no key, is parked, and the rest goes on", async () => {
  const shop = pulledShop({ batch: 4 });
  shop.records.push(
    { id: "o-1", at: 1 },
    { id: "o-2", at: 2, raw: "{broken" },
    { id: "o-3", at: 3, raw: '{"name":"no key"}' },
    { id: "o-4", at: 4 },
  );
  const { until, engine, cursor } = await setup(shop);
  await until(() => cursor() !== undefined);
  await engine.settled();
  const messages = engine.sql.all(
    "SELECT state, failure ->> 'code' AS code, event FROM message ORDER BY place",
  );
  expect(messages).toEqual([
    { state: 5, code: null, event: "o-1@1" },
    { state: 4, code: "TL_DECODE_FAILED", event: "o-2@2" },
    { state: 4, code: "TL_KEY_MISSING", event: "o-3@3" },
    { state: 5, code: null, event: "o-4@4" },
  ]);
  expect(
    engine.sql.all("SELECT outcome, sum(n) AS n FROM tally WHERE route <> 0 GROUP BY 1 ORDER BY 1"),
  ).toEqual([
    { outcome: "applied", n: 2 },
    { outcome: "parked", n: 2 },
  ]);
});

test("a record that was parked for having no key does not slip through when it is replayed", async () => {
  const shop = pulledShop();
  shop.records.push({ id: "o-1", at: 1, raw: '{"number":"n-1"}' });
  const { until, engine, cursor } = await setup(shop);
  await until(() => cursor() !== undefined);
  await engine.engine.replay(ME, { state: "parked" }, { version: "current", routes: [], allowStale: false });
  await engine.settled();
  expect(engine.sql.all("SELECT state, failure ->> 'code' AS code FROM message")).toEqual([
    { state: 4, code: "TL_KEY_MISSING" },
  ]);
});

test("a system that is down is asked again by itself, from where it was", async () => {
  const shop = pulledShop();
  shop.failures.push(new HubError("TL_SOURCE_UNAVAILABLE", "nobody answers", { retryAfter: 50 }));
  shop.records.push({ id: "o-1", at: 1 });
  const { until, source, bodies } = await setup(shop);
  await until(() => shop.asked.length === 1);
  expect(await source()).toMatchObject({ name: "shop.orders", kind: "pull", cursor: null });
  await until(() => bodies().length === 1);
  expect(await source()).toMatchObject({ failure: null, cursor: '{"at":1}', collected: 1 });
});

test("wrong credentials are shown, and not tried again at once", async () => {
  const shop = pulledShop();
  shop.failures.push(new HubError("TL_SOURCE_ACCESS", "the password is wrong"));
  const { until, source, engine, bodies } = await setup(shop);
  shop.records.push({ id: "o-1", at: 1 });
  await until(() => shop.asked.length === 1);
  const state = await source();
  expect(state).toMatchObject({ state: "waiting", failure: { code: "TL_SOURCE_ACCESS" } });
  expect((state?.nextAt ?? 0) - Date.now()).toBeGreaterThan(200_000);
  expect(await engine.engine.runNow(ME, "orders")).toEqual({ files: 0, records: 1, asked: false });
  expect(bodies()).toHaveLength(1);
});

test("I6: a person sets the cursor back, also while a batch is under way, and the audit log has it", async () => {
  const shop = pulledShop();
  shop.records.push({ id: "o-1", at: 1 });
  const { until, engine, cursor, bodies } = await setup(shop);
  await until(() => cursor() === '{"at":1}');
  let isBack = false;
  shop.before = async () => {
    shop.before = async () => undefined;
    shop.records.push({ id: "o-2", at: 2 });
    await engine.engine.moveCursor(ME, "orders", null);
    shop.asked.length = 0;
    isBack = true;
  };
  await until(() => isBack && bodies().length === 2);
  expect(shop.asked[0]).toBeNull();
  expect(engine.sql.all("SELECT actor, act, target, detail, reason FROM audit")).toEqual([
    {
      actor: "test",
      act: "move-cursor",
      target: "orders shop.orders",
      detail: '{"to":null}',
      reason: "since",
    },
  ]);
});

test("a paused flow is not read, and goes on from its cursor when it is resumed", async () => {
  const shop = pulledShop();
  const { until, engine, source, bodies } = await setup(shop);
  await until(() => shop.asked.length > 0);
  await engine.engine.pause(ME, "orders", "accept");
  await until(() => true);
  expect(await source()).toMatchObject({ state: "paused" });
  shop.records.push({ id: "o-1", at: 1 });
  await engine.engine.resume(ME, "orders", "accept");
  await until(() => bodies().length === 1);
});

test("I7: a source with a schedule is read at its slots, to its end", async () => {
  const shop = pulledShop();
  for (const at of [1, 2, 3]) shop.records.push({ id: `o-${at}`, at });
  const { until, engine, bodies } = await setup(shop, {
    schedule: { cron: "* * * * * *", zone: "UTC", window: null, misfire: "skip" },
  });
  await until(() => bodies().length === 3);
  const slots = (): readonly { detail: string | null }[] =>
    engine.sql.all("SELECT detail FROM slot WHERE state = 'done' ORDER BY at");
  await until(() => slots().length > 1);
  expect(slots()[0]?.detail).toBe("reading began, 2 records in the first batch");
  expect(engine.sql.get("SELECT count(DISTINCT at) = count(*) AS once FROM slot")).toEqual({ once: 1 });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import type { UserRole } from "../../src/message/permission.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, flowDefinition, flowStatus, openBench, problemIn } from "./setup.ts";

const MAP = "mappings/orders/order.jsonata";
const SCHEMA = "schemas/out.schema.json";
const BODY = '{"id":"a","name":"Zoë"}';

let bench: Bench;
const keys = new Map<string, string>();

beforeAll(async () => {
  const orders = flowDefinition("orders", {
    ...{
      map: MAP,
      key: "id",
      emits: SCHEMA,
      routes: [{ to: "out.order", when: "total > 0", onPark: "block" }],
    },
    source: { system: "web", read: "orders", format: { json: {} } },
    texts: {
      [MAP]: '{ "no": id, "total": total }',
      [SCHEMA]: JSON.stringify({
        type: "object",
        required: ["total"],
        properties: { total: { type: "number" } },
      }),
    },
  });
  const rows = flowDefinition("rows", { source: { system: "web", read: "rows", format: { csv: {} } } });
  bench = await openBench({
    entries: [
      { definition: orders, status: flowStatus(1, "orders") },
      { definition: rows, status: flowStatus(2, "rows") },
    ],
  });
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("orders", "hash-orders", orders.texts, ["out.order"], 1);
    await tx.flows.deploy("rows", "hash-rows", rows.texts, ["out.order"], 1);
    await tx.messages.insert([
      message({ key: "a", state: "parked" }),
      message({ key: "a", state: "done", outcomes: { "out.order": "applied" } }),
      message({
        flow: 2,
        flowVersion: 2,
        body: null,
        slice: { file: 1, row: 1, line: 2, offset: 0, length: 1 },
      }),
    ]);
  });
  for (const [name, role, payloads] of [
    ["operator", "operator", false],
    ["trusted", "operator", true],
    ["reader", "viewer", true],
  ] as const)
    await makeKey(name, role, payloads);
});
afterAll(() => bench.close());

async function makeKey(name: string, role: UserRole, payloads: boolean): Promise<void> {
  const answer = await bench.post("/api/v1/keys", { name, role, payloads });
  keys.set(name, ((await answer.json()) as { readonly key: string }).key);
}

const message = (change: Partial<NewMessage>): NewMessage =>
  jsonMessage({ body: Buffer.from(BODY), ...change });

const plan = async (id: string, body: object) => {
  const response = await bench.post(`/api/v1/messages/${id}/edited/plan`, body);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
};
const as = (who: string): Record<string, string> => ({ authorization: `Bearer ${keys.get(who)}` });

test("a plan says what the copy would map to, where it would go, and what came of its key since", async () => {
  expect(await plan("m-1", { text: '{"id":"a","total":5}' })).toMatchObject({
    ...{ mapped: { no: "a", total: 5 }, routes: ["out.order"], failure: null },
    ...{ key: "a", keyBefore: "a", newer: "m-2", heldBack: true },
  });
  expect(await plan("m-2", { text: '{"id":"b","total":0}' })).toMatchObject({
    ...{ routes: [], key: "b", keyBefore: "a", newer: null, heldBack: false },
  });
  expect(bench.engine.acts.filter(({ act }) => act === "replayEdited")).toEqual([]);
});

test("a plan shows what breaks the contracts, and a body that cannot be decoded", async () => {
  expect(await plan("m-1", { text: '{"id":"a","total":"5"}' })).toMatchObject({
    failure: { code: "TL_EMITS_FAILED" },
    mapped: null,
  });
  expect(await plan("m-1", { text: '{"id":' })).toMatchObject({
    failure: { code: "TL_DECODE_FAILED" },
    key: null,
  });
  expect(await plan("m-1", { text: BODY })).toMatchObject({ failure: { code: "TL_EMITS_FAILED" } });
});

test("an unchanged body has the same hash before and after, as text and as bytes", async () => {
  const { before, after } = await plan("m-1", { text: BODY });
  expect(after).toBe(before);
  const bytes = await plan("m-1", { base64: Buffer.from(BODY).toString("base64") });
  expect(bytes["after"]).toBe(before);
});

test("the act hands the bytes to the engine with who does it and why", async () => {
  const response = await bench.post(
    "/api/v1/messages/m-1/edited",
    { text: '{"id":"a","total":5}', allowStale: true, reason: "mended" },
    as("trusted"),
  );
  expect(await response.json()).toEqual({ id: "m-4712" });
  const [act] = bench.engine.acts.filter((one) => one.act === "replayEdited");
  expect(act?.by).toEqual({ actor: "key trusted", reason: "mended" });
  expect(act?.args).toEqual(["m-1", { body: Buffer.from('{"id":"a","total":5}'), allowStale: true }]);
});

test("both the role and the right to see payloads are needed", async () => {
  const body = { text: "{}" };
  const statusOf = async (path: string, who: string): Promise<number> =>
    (await bench.post(`/api/v1/messages/m-1/edited${path}`, body, as(who))).status;
  expect([
    await statusOf("", "operator"),
    await statusOf("", "reader"),
    await statusOf("/plan", "operator"),
  ]).toEqual([403, 403, 403]);
});

test.each([
  ["a row of a file", "m-3", { text: "1" }, 409, "TL_CONFLICT"],
  ["a message that is not there", "m-99", { text: "1" }, 404, "TL_NOT_FOUND"],
  ["two bodies", "m-1", { text: "1", base64: "MQ==" }, 400, "TL_USAGE"],
  ["no body", "m-1", {}, 400, "TL_USAGE"],
])("%s is refused", async (_what, id, body, status, code) => {
  const response = await bench.post(`/api/v1/messages/${id}/edited`, body);
  expect(await problemIn(bench, response)).toMatchObject({ status, code });
});

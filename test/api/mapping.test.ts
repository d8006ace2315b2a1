import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewMessage } from "../../src/store/message-table.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "./setup.ts";

const MAP = "mappings/orders/order.jsonata";
const TEXT = '{ "no": id, "total": $sum(lines.price) }';
const SCHEMA = {
  type: "object",
  properties: {
    id: { type: "string" },
    lines: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
  },
};

let bench: Bench;

beforeAll(async () => {
  const orders = flowDefinition("orders", {
    map: MAP,
    accepts: "schemas/order.schema.json",
    texts: {
      "mappings/orders/flow.yaml": "x",
      [MAP]: TEXT,
      "schemas/order.schema.json": JSON.stringify(SCHEMA),
    },
  });
  bench = await openBench({
    entries: [
      { definition: orders, status: flowStatus(1, "orders") },
      { definition: flowDefinition("plain"), status: flowStatus(2, "plain") },
    ],
  });
  const cases = join(bench.folder, "mappings/orders/cases");
  mkdirSync(cases, { recursive: true });
  const one = {
    name: "two lines",
    in: { id: "a", lines: [{ price: 1 }, { price: 2 }] },
    out: { no: "a", total: 3 },
  };
  writeFileSync(join(cases, "two-lines.json"), JSON.stringify(one));
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("orders", "a".repeat(64), orders.texts, ["crm.customer"], Date.now());
    await tx.flows.deploy("plain", "b".repeat(64), { "flow.yaml": "x" }, ["crm.customer"], Date.now());
    await tx.messages.insert([
      message('{"id":"m1","lines":[{"price":5}]}'),
      message('{"id":"m2","lines":[{"price":7},{"price":-7}]}'),
      message("no json"),
    ]);
  });
});
afterAll(() => bench.close());

const message = (body: string): NewMessage =>
  jsonMessage({ acceptedAt: Date.now(), body: Buffer.from(body) });

const at = (path: string): string => `/api/v1/flows/orders/mapping${path}`;
const ask = async (path: string, body?: object): Promise<unknown> => {
  const response = body === undefined ? await bench.get(at(path)) : await bench.post(at(path), body);
  expect(response.status).toBe(200);
  return response.json();
};

test("the mapping in force comes with the words an editor completes, and with the flow's cases", async () => {
  expect(await ask("")).toMatchObject({
    path: MAP,
    text: TEXT,
    hash: "hash-orders",
    source: ["/id", "/lines/*/price"],
    functions: expect.arrayContaining(["sum", "trim"]) as unknown,
    cases: [{ name: "two lines", text: expect.stringContaining('"price": 2') as unknown }],
  });
  expect((await bench.get("/api/v1/flows/plain/mapping")).status).toBe(404);
});

test("samples are the newest messages that can be read, as records", async () => {
  const { items } = (await ask("/samples")) as { items: { id: string; text: string }[] };
  expect(items.map(({ id }) => id)).toEqual(["m-2", "m-1"]);
  expect(JSON.parse(items[1]!.text)).toEqual({ id: "m1", lines: [{ price: 5 }] });
});

test("a draft shows what it gives, and its mistakes with their places", async () => {
  const sample = '{"id":"x","lines":[]}';
  expect(await ask("/evaluate", { text: '{ "no": id }', sample })).toMatchObject({ result: { no: "x" } });
  const broken = (await ask("/evaluate", { text: '{\n  "no": id +\n}', sample })) as {
    problems: object[];
  };
  expect(broken.problems[0]).toMatchObject({
    in: "mapping",
    severity: "error",
    code: "TL_MAPPING_INVALID",
    line: 3,
  });
});

test("the cases are run with the draft", async () => {
  expect(await ask("/cases", { text: TEXT })).toMatchObject({ items: [{ name: "two lines", passed: true }] });
  expect(await ask("/cases", { text: '{ "no": id, "total": 4 }' })).toMatchObject({
    items: [{ passed: false, differences: ["output.total   expected 3   got 4"] }],
  });
});

test("a draft is compared with the mapping in force over real messages", async () => {
  expect(await ask("/compare", { text: TEXT })).toMatchObject({
    looked: 3,
    same: 2,
    changed: 0,
    unreadable: 1,
  });
  expect(
    await ask("/compare", { text: '{ "no": id, "total": $max([0, $sum(lines.price)]) }' }),
  ).toMatchObject({
    same: 2,
    changed: 0,
  });
  expect(
    await ask("/compare", { text: '{ "no": id, "total": id = "m1" ? 6 : $error("no") }' }),
  ).toMatchObject({
    changed: 1,
    failing: 1,
    items: [
      { id: "m-2", kind: "fails", failure: { code: "TL_MAPPING_FAILED" } },
      { id: "m-1", kind: "changed", differences: [{ pointer: "/total", before: "5", after: "6" }] },
    ],
  });
});

test("publishing is an act of a person, with a note", async () => {
  expect((await bench.post(at("/publish"), { text: "{}", before: "hash-orders" })).status).toBe(400);
  const body = { text: "{}", before: "hash-orders", reason: "nothing is needed" };
  expect(await ask("/publish", body)).toMatchObject({ hash: "published", text: "{}" });
  expect(bench.engine.acts.at(-1)).toMatchObject({
    act: "publishMapping",
    by: { reason: "nothing is needed" },
    args: [{ flow: "orders", text: "{}", before: "hash-orders" }],
  });
});

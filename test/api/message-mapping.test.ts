import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "./setup.ts";

const MAP = "mappings/orders/order.jsonata";
const OLD = '{ "no": id }';
const NEW = '{\n  "no": id,\n  "sums": lines.{ "sum": price * count },\n  "owner": owner.name\n}';
const CSV = "no;name;phone\n4711;Ada;030\n";

let bench: Bench;

function orders(map: string, change: Partial<FlowDefinition> = {}): FlowDefinition {
  return flowDefinition("orders", {
    ...{ map: MAP, key: "id", texts: { "mappings/orders/flow.yaml": "x", [MAP]: map } },
    ...change,
  });
}

beforeAll(async () => {
  const xml = flowDefinition("xml", {
    source: { system: "web", read: "xml", format: { xml: { record: "order" } } },
    ...{ map: "mappings/xml/m.jsonata", texts: { "mappings/xml/m.jsonata": '{ "who": customer.name }' } },
  });
  const rows = flowDefinition("rows", {
    source: { system: "web", read: "rows", format: { csv: { delimiter: ";" } } },
    ...{
      map: "mappings/rows/m.jsonata",
      texts: { "mappings/rows/m.jsonata": '{ "full": $uppercase(name) }' },
    },
  });
  bench = await openBench({
    entries: [
      { definition: orders(NEW), status: flowStatus(1, "orders", { hash: "b".repeat(64) }) },
      { definition: xml, status: flowStatus(2, "xml") },
      { definition: rows, status: flowStatus(3, "rows") },
      { definition: flowDefinition("plain"), status: flowStatus(4, "plain") },
    ],
  });
  writeFileSync(join(bench.folder, "rows.csv"), CSV);
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("orders", "a".repeat(64), orders(OLD).texts, ["crm.customer"], 1);
    await tx.messages.insert([message({ flowVersion: 1 })]);
    await tx.flows.deploy("orders", "b".repeat(64), orders(NEW).texts, ["crm.customer"], 2);
    await tx.flows.deploy("xml", "hash-xml", xml.texts, ["crm.customer"], 3);
    await tx.flows.deploy("rows", "hash-rows", rows.texts, ["crm.customer"], 4);
    await tx.flows.deploy("plain", "hash-plain", {}, ["crm.customer"], 5);
    const file = await tx.files.insert({
      ...{
        flow: 3,
        flowVersion: 4,
        name: "rows.csv",
        size: CSV.length,
        modified: 1,
        sha256: "ab".repeat(32),
      },
      ...{ archive: "rows.csv", text: "rows.csv", state: "running", textSize: CSV.length, failure: null },
      ...{ duplicateOf: null, startedAt: 1 },
    });
    const context = { columns: ["no", "name", "phone"], newline: "\n" };
    await tx.files.checkpoint(file, { rows: 1, offset: CSV.length, context, books: {} });
    const slice = { file, row: 1, line: 2, offset: 14, length: 13 };
    await tx.messages.insert([
      message({ flowVersion: 2 }),
      message({ flowVersion: 2, body: Buffer.from('{"id":"a"') }),
      message({
        flow: 2,
        flowVersion: 3,
        body: Buffer.from("<order><customer><name>Ada</name></customer></order>"),
      }),
      message({ flow: 3, flowVersion: 4, body: null, contentType: null, slice }),
      message({ flow: 4, flowVersion: 5 }),
    ]);
  });
});
afterAll(() => bench.close());

const message = (change: Partial<NewMessage>): NewMessage =>
  jsonMessage({
    body: Buffer.from('{"id":"a","lines":[{"price":2,"count":3,"sku":"x"}],"owner":{"name":"Ada","age":36}}'),
    ...change,
  });

interface Mapped {
  readonly version: { readonly inForce: boolean };
  readonly record: unknown;
  readonly mapped: unknown;
  readonly routes: readonly string[];
  readonly failure: { readonly code: string } | null;
  readonly read: readonly string[];
  readonly fields: readonly { readonly path: string; readonly text: string; readonly sources: unknown }[];
}

async function mapped(id: string): Promise<Mapped> {
  const response = await bench.get(`/api/v1/messages/${id}/mapped`);
  expect(response.status).toBe(200);
  return (await response.json()) as Mapped;
}

test("a message is mapped by the version it goes by, whatever is in force now", async () => {
  expect(await mapped("m-1")).toMatchObject({ version: { inForce: false }, mapped: { no: "a" } });
  expect(await mapped("m-2")).toMatchObject({
    version: { inForce: true },
    ...{ mapped: { no: "a", sums: { sum: 6 }, owner: "Ada" }, routes: ["crm.customer"], failure: null },
  });
});

test("each field that is set comes with its line in the mapping and the source paths behind it", async () => {
  const { fields, read } = await mapped("m-2");
  expect(fields).toContainEqual(
    expect.objectContaining({
      ...{ path: "/sums/sum", line: 3, text: '  "sums": lines.{ "sum": price * count },' },
      sources: expect.arrayContaining([
        { path: "/lines/price", role: "value" },
        { path: "/lines/count", role: "value" },
      ]),
    }),
  );
  expect(read).toEqual(expect.arrayContaining(["/id", "/lines/price", "/lines/count", "/owner/name"]));
  expect(read.filter((path) => path.includes("sku") || path.includes("age"))).toEqual([]);
});

test("a message that cannot be decoded shows why, and where its fields would have come from", async () => {
  const found = await mapped("m-3");
  expect(found).toMatchObject({ record: null, mapped: null, failure: { code: "TL_DECODE_FAILED" } });
  expect(found.fields.length).toBeGreaterThan(0);
});

test("XML and rows of files are shown as their flow decodes them", async () => {
  expect(await mapped("m-4")).toMatchObject({
    mapped: { who: "Ada" },
    read: expect.arrayContaining(["/customer/name/**"]),
  });
  expect(await mapped("m-5")).toMatchObject({
    record: { no: "4711", name: "Ada", phone: "030" },
    ...{ mapped: { full: "ADA" }, read: expect.arrayContaining(["/name"]) },
  });
});

test("a flow without a mapping hands over everything it read", async () => {
  expect(await mapped("m-6")).toMatchObject({
    ...{ mapping: null, read: ["/**"] },
    fields: [{ path: "/**", sources: [{ path: "/**", role: "value" }] }],
  });
});

test("what is shown is noted in the audit log", async () => {
  await mapped("m-2");
  const { items } = await bench.queries.audit({ before: null, limit: 1 });
  expect(items).toMatchObject([{ act: "see-payloads", target: "m-2", detail: '{"what":"as mapped"}' }]);
});

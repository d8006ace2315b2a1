import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HubError } from "../../src/errors.ts";
import { formatDiff, type RunCase, readCases, runCases } from "../../src/flow/cases.ts";
import type { CompiledFlow, RecordInfo } from "../../src/flow/compile.ts";
import type { Json } from "../../src/message/json.ts";
import { openFlowFolder } from "./flow-folder.ts";
import { type RecordEnd, runFile } from "./run-file.ts";
import { SHIPPED, shippedFlows } from "./shipped-flows.ts";

const ROOT = SHIPPED;
const FLOWS = shippedFlows();
const ALONE: RecordInfo = { receivedAt: Date.UTC(2026, 10, 23, 9), headers: null, file: null, row: null };

const open = (name: string): CompiledFlow => openFlowFolder(ROOT, name);
const samples = (name: string): string[] => readdirSync(join(ROOT, "mappings", name, "samples"));

describe.each(FLOWS)("the flow %s", (name) => {
  const flow = open(name);
  const run: RunCase = async (item) => {
    const value = typeof item.in === "string" ? flow.format.decode(Buffer.from(item.in)) : item.in;
    return (await flow.prepare(value, { ...ALONE, headers: item.headers ?? null })).mapped;
  };
  const cases = readCases(join(ROOT, "mappings", name, "cases"));

  test("has cases, one of them an error", () => {
    expect(cases.length).toBeGreaterThanOrEqual(5);
    expect(cases.some((item) => item.error !== undefined)).toBe(true);
  });

  test.each(cases.map((item) => [item.name, item] as const))("%s", async (_, item) => {
    const [result] = await runCases([item], run);
    expect([result?.problem ?? "", ...formatDiff(result?.differences ?? [])].join("\n")).toBe("");
    expect(result?.passed).toBe(true);
  });

  test.each(cases.filter((item) => item.error === undefined).map((item) => [item.name, item] as const))(
    "%s: has the key, the version, the event and the record that the flow names",
    async (_, item) => {
      const value = typeof item.in === "string" ? flow.format.decode(Buffer.from(item.in)) : item.in;
      const { key, version } = await flow.prepare(value, ALONE);
      expect(key).toMatch(/./);
      expect(version === null).toBe(flow.definition.version === null);
      expect((await flow.event(value, ALONE)) === null).toBe(flow.definition.event === null);
      expect(await flow.record(value, ALONE, key)).toMatch(/./);
    },
  );
});

describe("what must not be mapped is refused with its row and its reason", () => {
  const refused = (ends: readonly RecordEnd[]): Record<number, string> =>
    Object.fromEntries(
      ends.flatMap(({ row, result }) => (result instanceof HubError ? [[row, reason(result)]] : [])),
    );
  const reason = (error: HubError): string => `${error.code} ${error.place?.field ?? ""}`.trim();
  const ends = async (flow: string, sample: string): Promise<readonly RecordEnd[]> =>
    runFile(open(flow), join(ROOT, "mappings", flow, "samples", sample));

  test("the nightly customer file: 200 rows, a quote forgotten and a date never filled", async () => {
    const found = await ends("erp-customers", "kunden-20261122.csv");
    expect(found).toHaveLength(200);
    expect(refused(found)).toEqual({ 58: "TL_DECODE_FAILED", 150: "TL_ACCEPTS_FAILED /CHANGED_AT" });
  });

  test("the IDoc file: 20 IDocs, one of a time that does not exist", async () => {
    const found = await ends("erp-customers-idoc", "DEBMAS_0000000007000100.xml");
    expect(found).toHaveLength(20);
    expect(refused(found)).toEqual({ 15: "TL_ACCEPTS_FAILED /EDI_DC40/CRETIM" });
  });

  test("the call records: 12 rows, one cut short and one without a clock", async () => {
    const found = await ends("pbx-calls", "cdr-20261123-0900.csv");
    expect(found).toHaveLength(12);
    expect(refused(found)).toEqual({ 11: "TL_DECODE_FAILED", 12: "TL_ACCEPTS_FAILED /start" });
  });

  const bodies = FLOWS.filter((name) => samples(name).every((sample) => sample.endsWith(".json")));
  test.each(bodies.flatMap((name) => samples(name).map((sample) => [name, sample] as const)))(
    "%s: %s crosses",
    async (name, sample) => {
      const found = await ends(name, sample);
      expect(found).toHaveLength(1);
      expect(refused(found)).toEqual({});
    },
  );
});

describe("the content router", () => {
  const routes = async (flow: string, value: Json): Promise<readonly string[]> =>
    (await open(flow).prepare(value, ALONE)).routes;

  test("a call among colleagues goes nowhere, the others into the contact history", async () => {
    const found = await runFile(
      open("pbx-calls"),
      join(ROOT, "mappings/pbx-calls/samples/cdr-20261123-0900.csv"),
    );
    const nowhere = found.filter(({ result }) => !(result instanceof HubError) && result.routes.length === 0);
    expect(nowhere.map(({ row }) => row)).toEqual([9]);
  });

  test("a prospect is sent to billing only when billing knows it", async () => {
    const prospect = { id: "c-19", externalIds: [], status: "prospect", changed: ["status"] };
    expect(await routes("crm-customers-to-billing", prospect)).toEqual([]);
    const known = { ...prospect, externalIds: [{ system: "billing", id: "B-20019" }] };
    expect(await routes("crm-customers-to-billing", known)).toEqual(["billing.customer"]);
  });
});

test("the characters windows-1252 has and ISO-8859-1 has not arrive whole", async () => {
  const found = await runFile(
    open("erp-customers"),
    join(ROOT, "mappings/erp-customers/samples/kunden-20261122.csv"),
  );
  const text = JSON.stringify(found.map(({ result }) => (result instanceof HubError ? null : result.mapped)));
  for (const name of [
    "1-€-Markt Köln KG",
    "Œuvre & Cie",
    "O’Brien’s Größen – Übermaß AG",
    "Straßenbau „Nord“ GmbH",
  ]) {
    expect(text).toContain(name);
  }
});

test("a form without a time of its own counts from its arrival", async () => {
  const form = { submissionId: "5f0c1d2e", email: "kaethe@oeztuerk.example", message: "Hallo" };
  const { mapped } = await open("website-contact").prepare(form, ALONE);
  expect(mapped).toMatchObject({ at: "2026-11-23T09:00:00.000Z" });
});

test("both ERP flows give one customer the same version scale, so that the newer of them wins", async () => {
  const row = readCases(join(ROOT, "mappings/erp-customers/cases")).find(({ file }) =>
    file.endsWith("company.json"),
  );
  const idoc = readCases(join(ROOT, "mappings/erp-customers-idoc/cases")).find(({ file }) =>
    file.endsWith("whole.json"),
  );
  const fromFile = await open("erp-customers").prepare(row?.in ?? null, ALONE);
  const fromIdoc = await open("erp-customers-idoc").prepare(idoc?.in ?? null, ALONE);
  expect([fromFile.version, fromIdoc.version]).toEqual(["20261121083648", "20261123060700"]);
  expect(fromIdoc.key).toBe(fromFile.key);
});

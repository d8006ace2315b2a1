import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { explainFlow, explainFlowJson } from "../../src/config/explain.ts";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import { FILE_FLOW, inspect } from "./project.ts";

const duration = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("ms", "s", "m", "h", "d"))
  .map((parts) => parts.join(""));
const size = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("B", "KiB", "MiB"))
  .map((parts) => parts.join(""));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const expression = fc.constantFrom(
  "id",
  "a.b",
  "$string(id)",
  "status = 'active'",
  'name & ": " & id',
  "a\n& b\n",
  "  id",
  "id # 1".slice(0, 2),
);

const backoff = fc.constantFrom("5s..2h", "250ms..10m", "1s..1s", "1d..30d");
const onError = fc.record(
  {
    transient: fc.record({ retries: fc.nat(100), backoff }, { requiredKeys: [] }),
    "missing-reference": fc.oneof(
      fc.constantFrom("stub", "park"),
      duration.map((age) => `wait ${age}`),
    ),
  },
  { requiredKeys: [] },
);
const route = fc.record({ when: expression, onPark: fc.constant("skip") }, { requiredKeys: [] });
const collect = fc.record(
  {
    until: fc.constantFrom("0 2 * * *", "*/10 * * * * *"),
    zone: fc.constantFrom("UTC", "Asia/Tokyo"),
    rows: fc.integer({ min: 1, max: 100_000 }),
  },
  { requiredKeys: ["until", "zone"] },
);
const common = {
  description: maybe(fc.string({ maxLength: 30 })),
  key: expression,
  version: maybe(expression),
  record: maybe(expression),
  carries: maybe(fc.constantFrom("state", "change")),
  onError: maybe(onError),
  publish: maybe(fc.boolean()),
};
const csv = fc.record(
  {
    delimiter: fc.constantFrom(";", "\t", "|"),
    encoding: fc.constantFrom("windows-1252", "utf-16le"),
    header: fc.constantFrom(true, ["a", "b"]),
    trim: fc.boolean(),
    comment: fc.constant("#"),
    empty: fc.constantFrom("missing", "null", null),
    recordLimit: size,
  },
  { requiredKeys: [] },
);
const format = fc.oneof(
  fc.constantFrom("json", "jsonl", "csv"),
  csv.map((options) => ({ csv: options })),
  fc.constant({ json: { record: "/data" } }),
  fc.constant({ xml: { record: "a/b", arrays: ["c"], namespaces: "keep" } }),
  fc.constant({ fixed: { layout: "schemas/line.json" } }),
);
const files = fc.record({
  ...common,
  source: format.map((one) => ({ system: "erp", read: "customers", format: one })),
  schedule: maybe(
    fc.record(
      {
        cron: fc.constant("30 1 * * *"),
        zone: fc.constant("Asia/Kathmandu"),
        window: fc.constant("01:00-05:30"),
        misfire: fc.constantFrom("skip", "catch-up"),
      },
      { requiredKeys: ["cron", "zone"] },
    ),
  ),
  guard: maybe(
    fc.constantFrom(
      {},
      { rejected: "none" },
      { rejected: "<7%" },
      { rejected: "<0.29%" },
      { rejected: "<12 rows" },
    ),
  ),
  limits: maybe(fc.record({ deadline: duration }, { requiredKeys: [] })),
});
const push = fc.record({
  ...common,
  source: fc.constantFrom(
    { system: "shop", read: "orders" },
    { system: "shop", read: "orders", format: "jsonl" },
  ),
  event: maybe(expression),
  conflict: maybe(fc.constantFrom("refuse", "newer", "ignore")),
  eventWindow: maybe(duration),
  limits: maybe(fc.record({ deadline: duration, body: size }, { requiredKeys: [] })),
});
const flow = fc
  .tuple(fc.oneof(files, push), route, fc.boolean(), maybe(collect))
  .map(([one, options, topic, gathered]) => ({
    apiVersion: "tieline/v1",
    ...one,
    routes: [
      { to: "crm.customer", ...options },
      ...(topic ? [{ topic: "customers", ...options }] : []),
      ...(gathered === undefined ? [] : [{ to: "shop.price", collect: gathered }]),
    ],
  }));

const LAYOUT = JSON.stringify({ fields: [{ name: "a", at: 1, length: 3 }] });

function load(text: string): FlowDefinition {
  const { project, findings } = inspect({
    "mappings/erp/flow.yaml": text,
    "mappings/shop/flow.yaml": "",
    "schemas/line.json": LAYOUT,
  });
  const found = project?.flows[0];
  if (found === undefined) throw new Error(JSON.stringify(findings));
  return found;
}

function withoutOwnText({ texts, ...definition }: FlowDefinition): unknown {
  const { "mappings/erp/flow.yaml": _, ...others } = texts;
  return { ...definition, texts: others };
}

describe("explaining a flow", () => {
  it("gives a file that loads to the same flow", () => {
    fc.assert(
      fc.property(flow, (raw) => {
        const first = load(stringify(raw, { keepUndefined: false }));
        const explained = explainFlow(first);
        const second = load(explained);
        expect(withoutOwnText(second)).toEqual(withoutOwnText(first));
        // Nothing is a default any more, so explaining it again changes nothing but the marks.
        expect(explainFlow(second)).toBe(explained.replaceAll(/ # default$/gm, ""));
      }),
      { numRuns: 60 },
    );
  });

  it("marks what is a default, and says what is not set", () => {
    const lines = explainFlow(
      load(FILE_FLOW.replace("key: KUNNR", "key: none").replace("version: CHANGED\n", "")),
    ).split("\n");
    expect(lines).toContain("key: none");
    expect(lines).toContain("  misfire: run-once # default");
    expect(lines).toContain("  rejected: <10% # default");
    expect(lines).toContain("  data: reject-row # default");
    expect(lines).toContain("# version: not set; every record counts");
    expect(lines).toContain("# record: not set; the key names the source record");
    expect(lines).not.toContain("apiVersion: tieline/v1 # default");
  });

  it("as JSON names the files without their texts", () => {
    const explained = explainFlowJson(load(FILE_FLOW));
    expect(explained).toMatchObject({ name: "erp", eventWindow: 1_209_600_000 });
    expect(JSON.stringify(explained)).not.toContain("texts");
    expect(explained).toHaveProperty("files.0", "mappings/erp/customer.jsonata");
  });
});

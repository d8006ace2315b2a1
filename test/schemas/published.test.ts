import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CRM_TOPICS } from "../../src/config/crm.ts";
import { publishedSchema, publishedStructure } from "../../src/config/published-schema.ts";
import type { RawFlow, RawFormat } from "../../src/config/raw-flow.ts";
import { checkLayout, type FixedLayout } from "../../src/format/fixed-layout.ts";
import { ENTITIES } from "../../src/message/entity.ts";
import type { JsonSchema } from "../../src/schema/structure.ts";
import { shippedFlows } from "../mappings/shipped-flows.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const NAMES = ["flow", "layout", "tieline"] as const;

/** Every key the flow's type has; the compiler refuses one that it has not. */
const FILE_FLOW: Required<RawFlow> = {
  apiVersion: "tieline/v1",
  description: "x",
  source: { system: "erp", read: "customers", format: "csv" },
  schedule: { cron: "30 1 * * *", zone: "UTC", window: "01:00-05:30", misfire: "skip" },
  accepts: "a.json",
  key: "id",
  version: "v",
  event: "e",
  record: "r",
  carries: "state",
  conflict: "newer",
  eventWindow: "14d",
  map: "m.jsonata",
  emits: "b.json",
  routes: [
    { to: "crm.customer", when: "true", onPark: "skip" },
    { topic: "orders", when: "true", onPark: "block" },
  ],
  guard: { rejected: "<5%" },
  onError: { transient: { retries: 8, backoff: "5s..2h" }, data: "park", "missing-reference": "wait 2h" },
  publish: false,
  allowFallback: false,
  limits: { deadline: "25ms", body: "1MiB" },
};

const FORMATS: readonly RawFormat[] = [
  "json",
  "jsonl",
  "csv",
  { json: { record: "/data" } },
  { jsonl: {} },
  {
    csv: {
      delimiter: ";",
      quote: "'",
      escape: "\\",
      encoding: "utf-8",
      header: true,
      columns: ["a"],
      trim: true,
      comment: "#",
      empty: null,
      recordLimit: "1MiB",
    },
  },
  { csv: { header: ["a", "b"], empty: "null" } },
  {
    xml: {
      record: "a",
      arrays: ["b"],
      attributes: "@",
      text: "#text",
      namespaces: "keep",
      encoding: "utf-8",
    },
  },
  { fixed: { layout: "l.json", encoding: "utf-8", recordLimit: "1MiB" } },
  "edifact",
  "x12",
  "mt940",
  { edifact: { groups: ["LIN", "LIN/ALC"], trailers: "ignore", encoding: "utf-8", recordLimit: "1MiB" } },
  { x12: { groups: ["PO1"], trailers: "refuse", encoding: "utf-8", recordLimit: "1MiB" } },
  "vcard",
  { vcard: { encoding: "utf-8", recordLimit: "1MiB" } },
  { mt940: { encoding: "utf-8", recordLimit: "1MiB" } },
  { cobol: { copybook: "c.cpy", encoding: "cp273", records: "rdw", comp5: "little-endian" } },
];

const LAYOUT: FixedLayout = {
  record: { length: 20, skip: { header: 1, footer: 1 } },
  fields: [{ name: "a", at: 1, length: 8, type: "number", trim: "both", decimals: 2, empty: "null" }],
};

describe("the published schemas", () => {
  it("are all there is in schemas/tieline, and nothing else", () => {
    const files = NAMES.map((name) => `${name}.schema.json`);
    expect(readdirSync(join(ROOT, "schemas", "tieline")).sort()).toEqual(files);
  });

  it.each(NAMES)("%s: the file is what the hub checks with", (name) => {
    const text = readFileSync(join(ROOT, "schemas", "tieline", `${name}.schema.json`), "utf8");
    expect(publishedSchema(name)).toEqual(JSON.parse(text));
    expect(publishedSchema(name)["$id"]).toBe(`https://tieline.example/schemas/tieline/${name}.schema.json`);
  });

  it.each(NAMES)("%s: is a schema of the draft it names", (name) => {
    const ajv = new Ajv({ strict: false });
    expect(ajv.validateSchema(publishedSchema(name))).toBe(true);
  });

  it.each(NAMES)("%s: every key has a description for editors", (name) => {
    const root = publishedSchema(name);
    expect(root["description"]).toEqual(expect.any(String));
    const silent = keys(root).filter(({ schema }) => described(schema, root) === undefined);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it.each(NAMES)("%s: no map takes unknown keys", (name) => {
    const open = maps(publishedSchema(name)).filter(
      ({ schema }) => schema["additionalProperties"] === undefined,
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  it.each(NAMES)("%s: every default keeps to its own rule", (name) => {
    const root = publishedSchema(name);
    for (const { path, schema } of keys(root)) {
      if (schema["default"] === undefined) continue;
      const rule = { ...schema, ...resolved(schema, root) } as {
        type?: string;
        pattern?: string;
        enum?: unknown[];
      };
      if (rule.pattern !== undefined) expect(schema["default"], path).toMatch(new RegExp(rule.pattern));
      if (rule.enum !== undefined) expect(rule.enum, path).toContain(schema["default"]);
    }
  });
});

describe("the types of the program", () => {
  it("have every key of the flow schema, and the schema takes every value of theirs", () => {
    expect(publishedStructure("flow")(FILE_FLOW)).toEqual([]);
    expect(Object.keys(FILE_FLOW).sort()).toEqual(
      Object.keys(publishedSchema("flow")["properties"] as object).sort(),
    );
    for (const key of ["schedule", "onError"] as const) {
      expect(Object.keys(FILE_FLOW[key]).sort()).toEqual(
        Object.keys(definition(key)["properties"] as object).sort(),
      );
    }
  });

  it.each(FORMATS)("have the format %j", (format) => {
    const source = { system: "erp", read: "customers", format };
    expect(publishedStructure("flow")({ ...FILE_FLOW, source })).toEqual([]);
  });

  it("have every option of every format", () => {
    const formats = (definition("format")["else"] as { properties: Record<string, JsonSchema> }).properties;
    for (const [name, schema] of Object.entries(formats)) {
      const properties =
        schema["properties"] ?? resolved(schema, publishedSchema("flow"))["properties"] ?? {};
      const used = FORMATS.flatMap((format) =>
        typeof format === "object" && name in format ? Object.keys(Object.values(format)[0] as object) : [],
      );
      expect([...new Set(used)].sort(), name).toEqual(Object.keys(properties).sort());
    }
  });

  it("have the layouts that the fixed-width format reads", () => {
    expect(publishedStructure("layout")(LAYOUT)).toEqual([]);
    expect(checkLayout(LAYOUT)).toEqual(LAYOUT);
    const field = (publishedSchema("layout")["properties"] as { fields: { items: { properties: object } } })
      .fields.items;
    expect(Object.keys(field.properties).sort()).toEqual(Object.keys(LAYOUT.fields[0] ?? {}).sort());
  });

  it("have the sinks of the CRM that flows may name", () => {
    expect(Object.keys(CRM_TOPICS)).toEqual([...ENTITIES]);
  });
});

describe("the shipped files", () => {
  const flows = shippedFlows().map((name) => `mappings/${name}/flow.yaml`);

  it.each(flows)("%s keeps to the published schema and names it for editors", (path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    expect(text.split("\n")[0]).toBe(
      "# yaml-language-server: $schema=../../schemas/tieline/flow.schema.json",
    );
    expect(publishedStructure("flow")(parse(text))).toEqual([]);
  });

  it("tieline.yaml keeps to the published schema and names it for editors", () => {
    const text = readFileSync(join(ROOT, "tieline.yaml"), "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./schemas/tieline/tieline.schema.json");
    expect(publishedStructure("tieline")(parse(text))).toEqual([]);
  });
});

interface Found {
  readonly path: string;
  readonly schema: JsonSchema;
}

/** Every schema of a named key, anywhere in the file. */
function keys(value: unknown, path = ""): readonly Found[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]): readonly Found[] => {
    const inner = keys(one, `${path}/${name}`);
    if (name !== "properties") return inner;
    const named = Object.entries(one as Record<string, JsonSchema>);
    return [...named.map(([key, schema]) => ({ path: `${path}/${key}`, schema })), ...inner];
  });
}

/** Every schema that names keys. */
function maps(value: unknown, path = ""): readonly Found[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, one]) => maps(one, `${path}/${name}`));
  return "properties" in value &&
    typeof value.properties === "object" &&
    !("type" in (value.properties ?? {}))
    ? [{ path, schema: value as JsonSchema }, ...inner]
    : inner;
}

function described(schema: JsonSchema, root: JsonSchema): unknown {
  return schema["description"] ?? resolved(schema, root)["description"];
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = /^#\/definitions\/(.+)$/.exec(String(schema["$ref"]))?.[1];
  return name === undefined ? schema : ((root["definitions"] as Record<string, JsonSchema>)[name] ?? {});
}

function definition(name: string): JsonSchema {
  return (publishedSchema("flow")["definitions"] as Record<string, JsonSchema>)[name] ?? {};
}

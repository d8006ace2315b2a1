import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { CrmResult } from "../../src/crm/apply.ts";
import { item, openRepository } from "./repository.ts";

const NAMES = ["customer", "interaction", "invoice", "order"] as const;
const CHANGES = [
  "customer-changed",
  "interaction-added",
  "invoice-changed",
  "order-changed",
  "payment",
  "payment-changed",
] as const;

function read(name: string): Record<string, unknown> {
  return JSON.parse(
    readFileSync(new URL(`../../schemas/canonical/${name}.schema.json`, import.meta.url), "utf8"),
  );
}

function validator(name: string) {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strict: true });
  formats.default(ajv);
  return ajv.compile(read(name));
}

function subschemas(schema: unknown, path: string): [string, Record<string, unknown>][] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, items, additionalProperties } = schema as Record<string, Record<string, unknown>>;
  const below = [
    ...Object.entries(properties ?? {}).map(([name, value]) => [`${path}/${name}`, value] as const),
    [`${path}/items`, items] as const,
    [`${path}/*`, additionalProperties] as const,
  ].filter(([, value]) => typeof value === "object");
  return below.flatMap(([at, value]) => [[at, value as Record<string, unknown>], ...subschemas(value, at)]);
}

describe("the canonical schemas", () => {
  it.each([...NAMES, ...CHANGES])("%s is valid, closed, and describes every field", (name) => {
    expect(() => validator(name)).not.toThrow();
    for (const [path, schema] of [["", read(name)] as const, ...subschemas(read(name), "")]) {
      expect(schema["description"], path).toBeTypeOf("string");
      if (schema["properties"] !== undefined) expect(schema["additionalProperties"], path).toBe(false);
    }
  });

  it.each(NAMES)("%s needs no more than an id, and takes null for everything else", (name) => {
    const validate = validator(name);
    const fields = Object.keys(read(name)["properties"] as object).filter(
      (field) => field !== "id" && field !== "op",
    );
    expect(validate({ id: "1" })).toBe(true);
    expect(validate({ op: "delete", id: "1" })).toBe(true);
    expect(validate({ id: "1", ...Object.fromEntries(fields.map((field) => [field, null])) })).toBe(true);
    expect(validate({})).toBe(false);
    expect(validate({ id: null })).toBe(false);
    expect(validate({ id: "1", unknown: 1 })).toBe(false);
  });

  it("money is text, never a float", () => {
    const validate = validator("invoice");
    expect(validate({ id: "1", total: "12.50" })).toBe(true);
    expect(validate({ id: "1", total: 12.5 })).toBe(false);
    expect(validate({ id: "1", total: "1e3" })).toBe(false);
  });

  it("ids hold no NUL and no half surrogate, which not every store can keep", () => {
    const validate = validator("customer");
    expect(validate({ id: "😀 ok" })).toBe(true);
    expect(validate({ id: "a\0b" })).toBe(false);
    expect(validate({ id: "a\ud800" })).toBe(false);
  });

  it("what is published keeps them", async () => {
    const crm = openRepository();
    const reference = { system: "erp", id: "1" };
    const link = { links: [{ system: "erp", id: "1" }] };
    const results: CrmResult[] = [
      ...(await crm.apply(
        item("erp", { id: "1", name: { full: "A" }, emails: [{ address: "a@x.de" }], notes: null }),
      )),
      ...(await crm.apply(item("crm2", { id: "2", status: "active" }), item("crm2", { id: "2", ...link }))),
      ...(await crm.apply(
        item("erp", { id: "I", customer: reference, total: "1.00" }, { entity: "invoice" }),
      )),
      ...(await crm.apply(
        item("erp", { id: "O", customer: reference, status: "placed" }, { entity: "order" }),
      )),
      ...(await crm.apply(
        item(
          "bank",
          { id: "P", bookedOn: "2026-11-26", amount: "1.00", currency: "EUR", status: "booked" },
          { entity: "payment" },
        ),
      )),
      ...(await crm.apply(item("pbx", { id: "C", kind: "call" }, { entity: "interaction" }))),
      ...(await crm.apply(item("pbx", { id: "C", op: "delete" }, { entity: "interaction" }))),
      ...(await crm.apply(item("erp", { id: "1", op: "delete" }), item("crm2", { id: "2", op: "delete" }))),
    ];
    const changes = results.flatMap((result) =>
      "outcome" in result && result.outcome === "applied" ? [result.change, ...(result.also ?? [])] : [],
    );
    expect(changes.filter((change) => change !== null)).toHaveLength(12);
    for (const change of changes) {
      if (change === null) continue;
      const validate = validator(change.topic.replace(".", "-"));
      validate(JSON.parse(JSON.stringify(change.content)));
      expect(validate.errors, change.topic).toBeNull();
    }
    crm.close();
  });
});

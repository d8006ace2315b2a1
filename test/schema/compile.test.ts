import { describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import { compileSchema } from "../../src/schema/compile.ts";

const CUSTOMER = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["id", "name"],
  additionalProperties: false,
  properties: {
    id: { type: "string", minLength: 2 },
    name: { type: "string" },
    status: { enum: ["active", "closed"] },
    born: { type: "string", format: "date" },
    emails: {
      type: "array",
      maxItems: 2,
      items: {
        type: "object",
        required: ["address"],
        properties: { address: { type: "string", format: "email" } },
      },
    },
  },
};

function found(value: unknown, schema: object = CUSTOMER): string[] {
  const issues = compileSchema(schema, "customer.schema.json").validate(value);
  return issues.map(({ place, message }) => `${place?.field ?? ""}: ${message}`);
}

function refused(schema: unknown, load?: (ref: string) => unknown): HubError {
  try {
    compileSchema(schema, "schemas/crm/s.schema.json", load);
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  }
  throw new Error("the schema was not refused");
}

describe("a record", () => {
  it("that fits has no findings", () => {
    expect(
      found({ id: "17", name: "Ada", status: "active", born: "1815-12-10", emails: [{ address: "a@b.de" }] }),
    ).toEqual([]);
  });

  it("gets a pointer and a rule for each finding, and no value of it", () => {
    const record = {
      id: "7",
      status: "geheim",
      born: "1815-02-30",
      emails: [{ address: "geheim" }, {}, {}],
      nme: "geheim",
    };
    const findings = found(record);
    expect(findings.sort()).toEqual([
      "/born: must have the format date (format)",
      "/emails/0/address: must have the format email (format)",
      "/emails/1/address: is missing (required)",
      "/emails/2/address: is missing (required)",
      "/emails: must have at most 2 items (maxItems)",
      "/id: must have at least 2 characters (minLength)",
      "/name: is missing (required)",
      "/nme: is not a member the schema knows, did you mean name? (additionalProperties)",
      '/status: must be one of "active", "closed" (enum)',
    ]);
    expect(findings.join()).not.toContain("geheim");
  });

  it("is judged as it came: nothing is coerced or filled in", () => {
    const schema = {
      type: "object",
      properties: { n: { type: "number" }, d: { type: "string", default: "x" } },
    };
    const record = { n: "1" };
    expect(found(record, schema)).toEqual(["/n: must be number (type)"]);
    expect(record).toEqual({ n: "1" });
  });

  it("that is not an object at all is named as a whole", () => {
    expect(found(3)).toEqual([": must be object (type)"]);
  });

  it("gets at most 20 findings and the number of the rest", () => {
    const findings = found(
      Array.from({ length: 50 }, () => 1),
      { type: "array", items: { type: "string" } },
    );
    expect(findings).toHaveLength(21);
    expect(findings.at(-1)).toBe(": and 30 more findings");
  });

  it("with a slash in the name of a member has it escaped in the pointer", () => {
    expect(found({ id: "17", name: "x", "a/b~c": 1 })).toEqual([
      "/a~1b~0c: is not a member the schema knows (additionalProperties)",
    ]);
  });

  it("meets unions, branches and null", () => {
    const schema = {
      type: "object",
      properties: { a: { type: ["string", "null"] }, kind: { const: "person" } },
      if: { required: ["kind"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ["a"] },
    };
    expect(found({ a: null }, schema)).toEqual([]);
    expect(found({ kind: "firm" }, schema)).toEqual(
      ['/kind: must be "person" (const)', "/a: is missing (required)"].sort(),
    );
    expect(found({ a: 1 }, schema)).toEqual(["/a: must be string or null (type)"]);
  });
});

describe("a schema in several files", () => {
  const files: Record<string, unknown> = {
    "schemas/crm/address.schema.json": JSON.stringify({
      $defs: { zip: { type: "string", pattern: "^\\d{5}$" } },
      type: "object",
      properties: { zip: { $ref: "#/$defs/zip" }, owner: { $ref: "s.schema.json" } },
    }),
    "schemas/types.json": { $defs: { country: { enum: ["DE", "EE"] } } },
  };

  it("is put together by the paths of its references", () => {
    const schema = compileSchema(
      {
        type: "object",
        properties: {
          home: { $ref: "address.schema.json" },
          zip: { $ref: "address.schema.json#/$defs/zip" },
          country: { $ref: "../types.json#/$defs/country" },
        },
      },
      "schemas/crm/s.schema.json",
      (ref) => files[ref],
    );
    const issues = schema.validate({ home: { zip: "1", owner: { zip: "2" } }, zip: "x", country: "FR" });
    expect(issues.map((issue) => issue.place?.field).sort()).toEqual([
      "/country",
      "/home/owner/zip",
      "/home/zip",
      "/zip",
    ]);
  });

  it("names the reference that leads nowhere", () => {
    const error = refused({ properties: { a: { $ref: "none.json" } } }, () => undefined);
    expect(error.describe()).toBe(
      "schemas/crm/s.schema.json field /properties/a/$ref: there is no schema schemas/crm/none.json. Correct the $ref.",
    );
  });

  it("names the file whose JSON is broken", () => {
    const error = refused({ $ref: "b.json" }, () => '{\n  "type": \n}');
    expect(error.place).toEqual({ file: "schemas/crm/b.json", line: 3, column: 1 });
  });
});

describe("JSON that is broken", () => {
  it.each([
    ["", 1, 1],
    ["{", 1, 2],
    ['{\n  "a": ,\n}', 2, 8],
    ['{ "a": 1, }', 1, 11],
    ["[1, 2", 1, 6],
    ['{ "a" 1 }', 1, 7],
    ['["unclosed]', 1, 2],
    ["[1] x", 1, 5],
    ["[01]", 1, 3],
    ["[1}", 1, 3],
    ["{'a': 1}", 1, 2],
    ['{"a": [{}, {"b": [[]]}], "c": tru}', 1, 31],
  ])("%j is so at line %i, column %i", (text, line, column) => {
    expect(refused(text).place).toMatchObject({ line, column });
  });
});

describe("a schema that is not valid", () => {
  it.each([
    ['{"type":', "", "this is not JSON"],
    [{ type: "strin" }, "/type", "must be one of"],
    [{ properties: { a: { minLength: -1 } } }, "/properties/a/minLength", "must be >= 0"],
    [{ properties: { a: { foo: 1 } } }, "/properties/a/foo", 'unknown keyword: "foo"'],
    [{ type: "string", format: "emaill" }, undefined, 'unknown format "emaill"'],
    [{ $ref: "#/$defs/none" }, undefined, "can't resolve reference #/$defs/none"],
    [{ type: "string", pattern: "(" }, undefined, "Invalid regular expression"],
    [{ $schema: "http://json-schema.org/draft-07/schema#" }, "/$schema", "2020-12"],
    [3, undefined, "a schema is a JSON object"],
  ])("%j is refused", (schema, field, message) => {
    const error = refused(schema);
    expect(error.code).toBe("TL_CONFIG_INVALID");
    expect(error.place?.file).toBe("schemas/crm/s.schema.json");
    if (field !== "") expect(error.place?.field).toBe(field);
    expect(error.message).toContain(message);
  });
});

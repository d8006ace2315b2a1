import { describe, expect, it } from "vitest";
import { schemaShape } from "../../src/schema/schema-shape.ts";

const FILES: Readonly<Record<string, object>> = {
  "a/main.json": {
    type: ["object", "null"],
    unevaluatedProperties: false,
    required: ["id"],
    allOf: [{ $ref: "../b/parts.json#/$defs/named" }, { $ref: "#anchored" }],
    oneOf: [
      { properties: { x: { type: "string" } }, required: ["x"] },
      { properties: { y: {} }, required: ["y"] },
    ],
    properties: {
      id: { enum: ["a", 1, null] },
      no: false,
      self: { $ref: "#" },
      tuple: { prefixItems: [{ type: "string" }], items: false },
    },
    $defs: { extra: { $anchor: "anchored", patternProperties: { "^z_": { type: "array", minItems: 2 } } } },
  },
  "b/parts.json": {
    $defs: {
      named: { properties: { name: { $ref: "#/$defs/text" } }, required: ["name"] },
      text: { type: "string" },
    },
  },
  "loop.json": { $ref: "#" },
};

function shape(path: string): ReturnType<typeof schemaShape> {
  return schemaShape(path, (file) => (FILES[file] === undefined ? undefined : JSON.stringify(FILES[file])));
}

describe("the shape of a schema", () => {
  const main = shape("a/main.json");
  const types = (name: string): readonly string[] => [...(main.member(name).shape?.types ?? [])];

  it("follows references into other files, to anchors and to itself", () => {
    expect(types("name")).toEqual(["string"]);
    expect(types("z_list")).toEqual(["array"]);
    expect(main.member("z_list").shape?.least).toBe(2);
    expect(main.member("self").shape?.member("name").shape?.types).toEqual(new Set(["string"]));
  });

  it("says what must be there, and what can be there", () => {
    expect(main.required).toEqual(["id", "name"]);
    expect(types("id")).toEqual(["null", "number", "string"]);
    expect(main.member("x")).toMatchObject({ required: false, named: true });
    expect(main.member("other").shape).toBeNull();
    expect(main.member("no").shape).toBeNull();
    expect(main.names.toSorted()).toEqual(["id", "name", "no", "self", "tuple", "x", "y"]);
    expect([...(main.member("tuple").shape?.item().types ?? [])]).toEqual(["string"]);
  });

  it("lets anything be where nothing is said", () => {
    expect(shape("gone.json").member("a").shape?.types.size).toBe(6);
    expect(shape("loop.json").member("a").shape?.types.size).toBe(6);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStyled, writeStyled } from "../../src/cli/test/json-style.ts";
import type { Json } from "../../src/message/json.ts";

function rewritten(text: string, value: Json): string {
  return writeStyled(value, parseStyled(text));
}

describe("a JSON text written anew in its own form", () => {
  it("keeps every letter of what stays", () => {
    const text =
      '{\n    "name" : "a\\u00e9",\n    "in": { "x":1, "y": [1,2] },\n    "out": { "a": 1.0, "b": [ 1, 2 ] }\n}\n';
    const value = { name: "aé", in: { x: 1, y: [1, 2] }, out: { a: 1, b: [1, 3], c: { d: null } } };
    expect(rewritten(text, value)).toBe(
      '{\n    "name": "a\\u00e9",\n    "in": { "x":1, "y": [1,2] },\n    "out": { "a": 1.0, "b": [ 1, 3 ], "c": { "d": null } }\n}\n',
    );
  });

  it("indents what is new as the lines around it, with tabs too", () => {
    const text = '{\n\t"out": {\n\t\t"a": 1\n\t}\n}';
    expect(rewritten(text, { out: { a: 1, b: { c: [1] } } })).toBe(
      '{\n\t"out": {\n\t\t"a": 1,\n\t\t"b": {\n\t\t\t"c": [\n\t\t\t\t1\n\t\t\t]\n\t\t}\n\t}\n}',
    );
  });

  it("writes rows as the rows there are", () => {
    const text = '{\n  "rows": [\n    { "a": 1 },\n    { "a": 2 }\n  ]\n}\n';
    expect(rewritten(text, { rows: [{ a: 1 }, { a: 2 }, { a: 3 }] })).toBe(
      '{\n  "rows": [\n    { "a": 1 },\n    { "a": 2 },\n    { "a": 3 }\n  ]\n}\n',
    );
  });

  it("drops what is gone, and puts a member that takes another's place there", () => {
    expect(
      rewritten('{ "name": "x", "out": { "a": 1 }, "route": "r" }', { name: "x", error: "TL_E", route: "r" }),
    ).toBe('{ "name": "x", "error": "TL_E", "route": "r" }');
    expect(rewritten('{\n  "a": 1,\n  "b": 2\n}', { b: 2 })).toBe('{\n  "b": 2\n}');
    expect(rewritten('{ "a": [1] }', { a: [] })).toBe('{ "a": [] }');
  });

  it("is the value, whatever both are", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.constantFrom(0, 1, 2, "\t"), (before, after, indent) => {
        const text = JSON.stringify(JSON.parse(before), null, indent);
        const value = JSON.parse(after) as Json;
        expect(JSON.parse(rewritten(text, value))).toEqual(value);
        expect(rewritten(text, JSON.parse(before) as Json)).toBe(text);
      }),
    );
  });
});

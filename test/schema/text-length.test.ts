import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSchema } from "../../src/schema/compile.ts";

describe("the length of a text", () => {
  it("is counted in characters, however they are written in UTF-16", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "ü", "😀", "\ud83d", "\ude00"), maxLength: 12 });
    fc.assert(
      fc.property(text, fc.nat(14), (value, limit) => {
        const count = [...value].length;
        const valid = (schema: object): boolean =>
          compileSchema(schema, "length.json").validate(value).length === 0;
        expect(valid({ type: "string", maxLength: limit })).toBe(count <= limit);
        expect(valid({ type: "string", minLength: limit })).toBe(count >= limit);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileMapping } from "../../src/mapping/compile.ts";
import { ArrayOnPath, pathGetter } from "../../src/mapping/path.ts";
import type { Json } from "../../src/message/json.ts";

describe("a path of names", () => {
  it("reads own members, step by step", () => {
    expect(pathGetter("KUNNR")?.({ KUNNR: "7" })).toBe("7");
    expect(pathGetter("order.customer.id")?.({ order: { customer: { id: 7 } } })).toBe(7);
    expect(pathGetter("`odd name`.b")?.({ "odd name": { b: null } })).toBeNull();
    expect(pathGetter('order."the id"')?.({ order: { "the id": 1 } })).toBe(1);
  });

  it("is undefined when something on the way is missing or has no members", () => {
    const get = pathGetter("a.b.c");
    for (const input of [{}, { a: null }, { a: { b: "text" } }, { a: 1 }, null, "a"] as Json[]) {
      expect(get?.(input)).toBeUndefined();
    }
  });

  it("does not read what every object inherits", () => {
    expect(pathGetter("constructor")?.({})).toBeUndefined();
    expect(pathGetter("a.toString")?.({ a: {} })).toBeUndefined();
    expect(pathGetter("__proto__")?.({})).toBeUndefined();
  });

  it("throws its marker at an array, on the way or at the end", () => {
    expect(() => pathGetter("a.b")?.({ a: [{ b: 1 }] })).toThrow(ArrayOnPath);
    expect(() => pathGetter("a")?.({ a: [1] })).toThrow(ArrayOnPath);
    expect(() => pathGetter("a")?.([{ a: 1 }])).toThrow(ArrayOnPath);
  });

  it.each([
    "$sum(a)",
    "a[0]",
    "a[]",
    "a.b[c=1]",
    "a.*",
    "a.**",
    "a.%",
    "a@$x.b",
    "a#$i",
    "$.a",
    "$$.a",
    "a & b",
    "a{b: c}",
    "a^(b)",
    "'a'",
    "a.(b)",
    "",
    "a.",
  ])("%j is not one", (text) => expect(pathGetter(text)).toBeNull());

  it("answers as the mapping does, for any input without arrays", async () => {
    const name = fc.constantFrom("a", "b", "c");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, "", "x", false),
        fc.dictionary(name, tie("value")),
      ),
    }));
    const path = fc.array(name, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(path, value, async (names, input) => {
        const text = names.join(".");
        const mapping = compileMapping(text, { path: "m", limits: { deadline: 5_000 } });
        expect(pathGetter(text)?.(input as Json)).toEqual(await mapping.evaluate(input as Json));
      }),
      { numRuns: 300 },
    );
  });
});

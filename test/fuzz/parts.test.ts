import { describe, expect, it } from "vitest";
import { seeded } from "../faults/random.ts";
import { caseOf } from "./case.ts";
import { readCorpus } from "./corpus.ts";
import { expression } from "./grammar.ts";
import { input, mutated, structuredCloneJson } from "./input.ts";
import { isSame, type Outcome, ofLibrary } from "./outcome.ts";
import { shrink } from "./shrink.ts";
import { textOf, tokensOf } from "./token.ts";

const value = (one: unknown): Outcome => ({ kind: "value", value: one });

describe("two outcomes", () => {
  it.each([
    ["nothing and null", undefined, null],
    ["0 and -0", 0, -0],
    ["a list of one and the one", ["a"], "a"],
    ["a member that is null and one that is missing", { a: null }, {}],
    ["another order of members", { a: 1, b: 2 }, { b: 2, a: 1 }],
    ["an empty list and nothing", [], undefined],
    ["a list and an object of the same members", ["a"], { 0: "a" }],
    ["a number and its text", 1, "1"],
  ])("differ by %s", (_what, left, right) => {
    expect(isSame(value(left), value(right))).toBe(false);
    expect(isSame(value([{ x: left }]), value([{ x: right }]))).toBe(false);
  });

  it("are the same by members, not by what the library marks", () => {
    const marked = Object.assign([1, 2], { sequence: true });
    expect(isSame(ofLibrary({ a: marked, b: undefined }), value({ a: [1, 2] }))).toBe(true);
  });

  it("differ by the code of a failure, and by failing at all", () => {
    const failed = (code: string): Outcome => ({ kind: "error", code });
    expect(isSame(failed("T2001"), failed("T2002"))).toBe(false);
    expect(isSame(failed("T2001"), value(undefined))).toBe(false);
  });

  it.each([
    ["a function", () => 1],
    ["not a number", Number.NaN],
    ["a hole", [undefined]],
  ])("%s is no value", (_what, one) => expect(ofLibrary({ a: one }).kind).toBe("guard"));
});

describe("the tokens of an expression", () => {
  it("hold all of its text", () => {
    for (const { text } of readCorpus()) expect(textOf(tokensOf(text))).toBe(text);
    for (let seed = 0; seed < 300; seed++) {
      const text = expression(seeded(seed));
      expect(textOf(tokensOf(text))).toBe(text);
    }
  });

  it("tell a division from a regular expression", () => {
    const kinds = (text: string): string[] => tokensOf(text).map(({ kind }) => kind);
    expect(kinds("a/b/c")).not.toContain("regex");
    expect(kinds("$match(a, /b\\/c/i)")).toContain("regex");
  });
});

describe("a case", () => {
  it("is the same for the same seed and number, and another for another", () => {
    const corpus = readCorpus();
    expect(caseOf(7, 42, corpus)).toEqual(caseOf(7, 42, corpus));
    expect(caseOf(7, 42, corpus).text).not.toBe(caseOf(8, 42, corpus).text);
  });

  it("does not change the input it mutates", () => {
    const random = seeded(3);
    for (let turn = 0; turn < 200; turn++) {
      const original = input(random);
      const kept = structuredCloneJson(original);
      mutated(random, original);
      expect(original).toEqual(kept);
    }
  });
});

it("a difference is made as small as it can be", async () => {
  const shows = async ({ text, input: given }: { text: string; input: unknown }): Promise<boolean> =>
    text.includes("$pad(") && JSON.stringify(given)?.includes("deep") === true;
  const start = {
    text: '{"a": $uppercase($pad(name, 3)), "b": [1, 2]}',
    input: { list: [1, { x: "deep" }], y: 2 },
  };
  const small = await shrink(start, shows);
  expect(small.text.replace(/\s/g, "")).toBe("$pad(");
  expect(small.input).toBe("deep");
});

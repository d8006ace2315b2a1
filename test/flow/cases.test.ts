import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import { type Case, formatDiff, parseCases, readCases, runCases } from "../../src/flow/cases.ts";

const item: Case = {
  name: "a German company",
  file: "a.json",
  in: { KUNNR: "7" },
  out: { id: "7", tax: null, tags: ["a"] },
};

describe("a case", () => {
  it("passes when the result is equal, whatever the order of members", async () => {
    const [result] = await runCases(
      [item],
      async () => ({ tags: ["a"], tax: null, id: "7" }),
      () => 0,
    );
    expect(result).toEqual({ case: item, passed: true, differences: [], milliseconds: 0 });
  });

  it("fails with each place that differs, in aligned lines", async () => {
    const got = { id: 7, tags: ["a", "b"], "odd name": { x: 1 } };
    const [result] = await runCases([item], async () => got);
    expect(result?.passed).toBe(false);
    expect(result?.differences.map(({ pointer }) => pointer)).toEqual([
      "/id",
      "/tax",
      "/tags/1",
      "/odd name",
    ]);
    expect(formatDiff(result?.differences ?? [])).toEqual([
      'output.id           expected "7"         got 7',
      "output.tax          expected null        got (missing)",
      'output.tags[1]      expected (missing)   got "b"',
      'output."odd name"   expected (missing)   got {"x":1}',
    ]);
  });

  it("fails when nothing comes out", async () => {
    const [result] = await runCases([item], async () => undefined);
    expect(formatDiff(result?.differences ?? [])).toEqual([
      'output   expected {"id":"7","tax":null,"tags":["a"]}   got (missing)',
    ]);
  });

  it("that expects an error passes with that error, returned or thrown", async () => {
    const expects: Case = { name: "no key", file: "a.json", in: {}, error: "TL_KEY_MISSING" };
    const error = new HubError("TL_KEY_MISSING", "the key is missing");
    const results = await runCases([expects, expects], async () => error);
    const thrown = await runCases([expects], () => Promise.reject(error));
    expect([...results, ...thrown].map(({ passed }) => passed)).toEqual([true, true, true]);
  });

  it("that expects an error fails with another one, and with a result", async () => {
    const expects: Case = { name: "no key", file: "a.json", in: {}, error: "TL_KEY_MISSING" };
    const other = new HubError("TL_MAPPING_FAILED", "it failed", {
      place: { file: "m.jsonata", line: 2, column: 5 },
    });
    const [first] = await runCases([expects], async () => other);
    const [second] = await runCases([expects], async () => ({}));
    expect(first?.problem).toBe(`expected TL_KEY_MISSING   got TL_MAPPING_FAILED: ${other.describe()}`);
    expect(second?.problem).toBe("expected TL_KEY_MISSING   got a result");
  });

  it("that expects a result shows the error that came instead", async () => {
    const [result] = await runCases([item], () => Promise.reject(new Error("broken")));
    expect(result).toMatchObject({ passed: false, error: { code: "TL_INTERNAL" } });
    expect(result?.problem).toContain("expected a result   got TL_INTERNAL");
  });

  it("is timed by the clock it is given, one after the other", async () => {
    let now = 0;
    const results = await runCases(
      [item, item],
      async () => item.out,
      () => (now += 3),
    );
    expect(results.map(({ milliseconds }) => milliseconds)).toEqual([3, 3]);
  });

  it("shows long values cut", () => {
    const [line] = formatDiff([{ pointer: "/a", expected: "x".repeat(500) }]);
    expect(line?.length).toBeLessThan(120);
  });
});

describe("a case file", () => {
  it("holds one case or an array of them", () => {
    const one =
      '{ "name": "n", "in": "raw;text", "error": "TL_DECODE_FAILED", "headers": { "a": "b" }, "route": "crm.customer" }';
    expect(parseCases(one, "a.json")).toEqual([
      {
        name: "n",
        file: "a.json",
        in: "raw;text",
        error: "TL_DECODE_FAILED",
        headers: { a: "b" },
        route: "crm.customer",
      },
    ]);
    expect(parseCases(`[${one}, ${one}]`, "a.json")).toHaveLength(2);
  });

  it.each([
    ['{ "name": "n" }', "/in", "a case has an in"],
    ['{ "name": "n", "in": 1 }', undefined, "either out or error"],
    ['{ "name": "n", "in": 1, "out": 1, "error": "TL_USAGE" }', undefined, "either out or error"],
    ['{ "in": 1, "out": 1 }', "/name", "a case has a name"],
    [
      '[{ "name": "n", "in": 1, "out": 1 }, { "name": "n", "in": 1, "ouput": 1 }]',
      "/1/ouput",
      "no such member",
    ],
    ['{ "name": "n", "in": 1, "error": "TL_DECODE_FAILD" }', "/error", "not an error code"],
    ['{ "name": "n", "in": 1, "out": 1, "headers": { "a": 1 } }', "/headers", "an object of texts"],
    ["[3]", "/0", "a case is an object"],
  ])("%s is refused with its place", (text, field, message) => {
    const error = refused(() => parseCases(text, "a.json"));
    expect(error.code).toBe("TL_CONFIG_INVALID");
    expect(error.place).toEqual(field === undefined ? { file: "a.json" } : { file: "a.json", field });
    expect(error.message).toContain(message);
  });

  it("with a member misspelt gets the right one", () => {
    expect(refused(() => parseCases('{ "name": "n", "in": 1, "ouput": 1 }', "a.json")).cure).toBe(
      "Did you mean out?",
    );
  });
});

describe("a folder of cases", () => {
  it("is read in order of name, and none is no cases", () => {
    const dir = mkdtempSync(join(tmpdir(), "tieline-cases-"));
    try {
      writeFileSync(join(dir, "b.json"), '{ "name": "second", "in": 1, "out": 1 }');
      writeFileSync(join(dir, "a.json"), '{ "name": "first", "in": 1, "out": 1 }');
      writeFileSync(join(dir, "notes.md"), "no case");
      mkdirSync(join(dir, "files"));
      expect(readCases(dir).map(({ name }) => name)).toEqual(["first", "second"]);
      expect(readCases(join(dir, "none"))).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it("names file, line and column of JSON that is broken", () => {
    const dir = mkdtempSync(join(tmpdir(), "tieline-cases-"));
    try {
      writeFileSync(join(dir, "a.json"), '{\n  "name": "n",\n  "in": ,\n}');
      expect(refused(() => readCases(dir)).place).toEqual({ file: join(dir, "a.json"), line: 3, column: 9 });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

function refused(work: () => unknown): HubError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  }
  throw new Error("it was not refused");
}

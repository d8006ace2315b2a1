import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runSuite } from "./suite.ts";

const CASES = [
  { expr: "a.b", dataset: "small", result: 1 },
  { expr: "a.b", dataset: "small", result: 2 },
  { expr: "a.c", dataset: "small", undefinedResult: true },
  { expr: "a.b & $x", dataset: "small", bindings: { x: "!" }, result: "1!" },
  { expr: "1 + 'a'", data: null, code: "T2002" },
  { expr: "1 + 1", data: null, code: "T2002" },
  { expr: "$eval('1')", data: null, result: 1 },
];

describe("the runner of the official suite", () => {
  const folder = mkdtempSync(join(tmpdir(), "suite-"));
  mkdirSync(join(folder, "groups", "some"), { recursive: true });
  mkdirSync(join(folder, "datasets"));
  writeFileSync(join(folder, "datasets", "small.json"), JSON.stringify({ a: { b: 1 } }));
  writeFileSync(join(folder, "groups", "some", "cases.json"), JSON.stringify(CASES));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("tells by name which cases differ, and which are refused", () => {
    const outcomes = runSuite(folder);
    expect(outcomes.map(({ passed }) => passed)).toEqual([true, false, true, true, true, false, false]);
    expect(outcomes.filter(({ refused }) => refused).map(({ name }) => name)).toEqual(["some/cases.json#6"]);
    expect(outcomes[1]).toMatchObject({ expected: "2", got: "1", native: true });
  });
});

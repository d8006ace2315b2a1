import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCases } from "../../src/flow/cases.ts";
import { probeBranches } from "../../src/mapping/branch-probe.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import type { Json } from "../../src/message/json.ts";
import { CORPUS, INPUT } from "./lineage/corpus.ts";

const MESSAGE = { message: { receivedAt: 0, headers: {}, file: null, row: null } };

function counted(text: string, inputs: readonly Json[]): readonly string[] {
  const probe = probeBranches(text, "m");
  for (const input of inputs) probe.run(input, {});
  return probe.branches.map(
    ({ kind, place, yes, no }) => `${kind} ${place.line}:${place.column} ${yes}/${no}`,
  );
}

describe("the branches of a mapping", () => {
  it("are conditions, the two defaults, and filters, each with both its sides", () => {
    const text = '{ "a": x ? 1 : 2, "b": y ?? 3, "c": z ?: 4, "d": l[n > 1], "e": $exists(x) ? x : 5 }';
    const inputs: Json[] = [
      { x: 1, y: null, z: 0, l: [{ n: 1 }, { n: 2 }, { n: 3 }] },
      { x: "", z: 1 },
    ];
    expect(counted(text, inputs).toSorted()).toEqual([
      "coalesce 1:24 1/1",
      "condition 1:65 2/0",
      "condition 1:8 1/1",
      "default 1:37 1/1",
      "filter 1:52 2/1",
    ]);
  });

  it("are not indexes, which choose without a question", () => {
    expect(counted("l[0].a", [{ l: [{ a: 1 }] }])).toEqual([]);
  });

  it("a variable bound in a branch is bound as without counting", () => {
    const text = "( $x := 1; a ? $x := 2 : $x := 3; $x )";
    expect(probeBranches(text, "m").run({ a: true }, {})).toBe(2);
  });

  it("a tail call stays one, however often it comes", () => {
    const text = "( $f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(5000) )";
    expect(probeBranches(text, "m").run({}, {})).toBe(0);
  });
});

describe("counting changes no result", () => {
  it.each(CORPUS)("of %s", (text) => {
    const expected = compileMapping(text, { path: "m", limits: { deadline: 5_000 } }).evaluate(
      INPUT,
      MESSAGE,
    );
    expect(probeBranches(text, "m").run(INPUT, MESSAGE)).toEqual(expected);
  });

  const folders = readdirSync("mappings", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(folders.map(({ name }) => name))("of the cases of %s", (name) => {
    const file = readdirSync(`mappings/${name}`).find((one) => one.endsWith(".jsonata")) ?? "";
    const text = readFileSync(`mappings/${name}/${file}`, "utf8");
    const mapping = compileMapping(text, { path: file, limits: { deadline: 5_000 } });
    const probe = probeBranches(text, file);
    for (const one of readdirSync(`mappings/${name}/cases`)) {
      for (const { in: input } of parseCases(readFileSync(`mappings/${name}/cases/${one}`, "utf8"), one)) {
        const outcome = (run: () => unknown): unknown => {
          try {
            return run();
          } catch {
            return "failed";
          }
        };
        const expected = outcome(() => mapping.evaluate(input, MESSAGE));
        expect(outcome(() => probe.run(input, MESSAGE))).toEqual(expected);
      }
    }
  });
});

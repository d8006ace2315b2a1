import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCases } from "../../src/flow/cases.ts";
import { fixtureAnswers, NO_FIXTURES } from "../../src/flow/look-up-fixtures.ts";
import { probeBranches } from "../../src/mapping/branch-probe.ts";
import { codeList } from "../../src/mapping/code-list.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { lookUpDesk } from "../../src/mapping/look-up-desk.ts";
import type { Json } from "../../src/message/json.ts";
import { shippedDesk, shippedFlows } from "../mappings/shipped-flows.ts";
import { CORPUS, INPUT } from "./lineage/corpus.ts";

const MESSAGE = { message: { receivedAt: 0, headers: {}, file: null, row: null } };

function counted(text: string, inputs: readonly Json[]): readonly string[] {
  const probe = probeBranches(text, "m", {});
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
    expect(probeBranches(text, "m", {}).run({ a: true }, {})).toBe(2);
  });

  it("go the way that the answers of look-ups lead", () => {
    const text = '{ "hub": $xref("erp", id) ?? "none", "name": $code("l", id) ? 1 : 2 }';
    const { functions, serve } = lookUpDesk({ l: codeList(["a", "b"], [["1", "x"]]) }, () => ({}));
    const probe = probeBranches(text, "m", functions);
    const answers = fixtureAnswers({ xref: { erp: { "1": "c-1" } }, customer: {} });
    const results = ["1", "2"].map((id) => serve(answers, () => probe.run({ id }, {})).result);
    expect(results).toEqual([
      { hub: "c-1", name: 1 },
      { hub: "none", name: 2 },
    ]);
    expect(probe.branches.map(({ kind, yes, no }) => [kind, yes, no])).toEqual([
      ["coalesce", 1, 1],
      ["condition", 1, 1],
    ]);
  });

  it("a tail call stays one, however often it comes", () => {
    const text = "( $f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(5000) )";
    expect(probeBranches(text, "m", {}).run({}, {})).toBe(0);
  });
});

describe("counting changes no result", () => {
  it.each(CORPUS)("of %s", (text) => {
    const expected = compileMapping(text, { path: "m", limits: { deadline: 5_000 } }).evaluate(
      INPUT,
      MESSAGE,
    );
    expect(probeBranches(text, "m", {}).run(INPUT, MESSAGE)).toEqual(expected);
  });

  it.each(shippedFlows())("of the cases of %s", (name) => {
    const file = readdirSync(`mappings/${name}`).find((one) => one.endsWith(".jsonata")) ?? "";
    const text = readFileSync(`mappings/${name}/${file}`, "utf8");
    const { functions, serve } = shippedDesk(text, file);
    const mapping = compileMapping(text, { path: file, limits: { deadline: 5_000 }, functions });
    const probe = probeBranches(text, file, functions);
    for (const one of readdirSync(`mappings/${name}/cases`)) {
      const cases = parseCases(readFileSync(`mappings/${name}/cases/${one}`, "utf8"), one);
      for (const { in: input, lookups = NO_FIXTURES } of cases) {
        const outcome = (run: () => unknown): unknown => {
          try {
            return serve(fixtureAnswers(lookups), run).result;
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

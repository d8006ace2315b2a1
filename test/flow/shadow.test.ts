import { expect, test } from "vitest";
import { HubError } from "../../src/errors.ts";
import { type ShadowFinding, shadowed } from "../../src/flow/shadow.ts";
import { versionHash } from "../../src/flow/version-hash.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import type { Mapping } from "../../src/mapping/mapping.ts";
import type { Json } from "../../src/message/json.ts";
import { flowDefinition } from "./setup.ts";

/** A mapping that gives what `evaluate` says, while the library gives what the text says. */
async function run(text: string, evaluate: Mapping["evaluate"] | null, inputs: readonly Json[], every = 1) {
  const findings: ShadowFinding[] = [];
  const compiled = compileMapping(text, { path: "map.jsonata", limits: { deadline: 250 } });
  const mapping = evaluate === null ? compiled : { ...compiled, evaluate };
  const definition = await flowDefinition("f", {}, text);
  const shadow = { every, report: (finding: ShadowFinding) => void findings.push(finding) };
  const evaluated = shadowed(mapping, definition, shadow, (work) => work());
  const results = inputs.map((input) => {
    try {
      return evaluated(input);
    } catch (error) {
      return (error as HubError).code;
    }
  });
  return { findings, results, version: versionHash(definition.texts) };
}

test("what the library gives too is the same, results and failures alike", async () => {
  const inputs = [{ a: 1 }, { a: null }, {}];
  const { findings, results } = await run('{ "b": a + 1, "c": [a] }', null, inputs);
  expect(results).toEqual([{ b: 2, c: [1] }, "TL_MAPPING_FAILED", { c: [] }]);
  expect(findings.map(({ result }) => result)).toEqual(["same", "same", "same"]);
});

test("a difference is told by flow, mapping, version and place, without values, and changes nothing", async () => {
  const wrong = (): Json => ({ b: [{ "c/d": 2 }], secret: "s" });
  const { findings, results, version } = await run('{ "b": [{ "c/d": 1 }], "secret": "s" }', wrong, [{}]);
  expect(results).toEqual([{ b: [{ "c/d": 2 }], secret: "s" }]);
  expect(findings).toEqual([
    { flow: "f", mapping: "map.jsonata", result: "different", difference: { version, pointer: "/b/0/c~1d" } },
  ]);
});

test("a failure on one side alone, or of another kind, is a difference of the whole", async () => {
  const fails = (code: string) => (): Json => {
    throw new HubError("TL_MAPPING_FAILED", `${code}: not valid`);
  };
  expect((await run("1", fails("T2001"), [{}])).findings[0]?.difference?.pointer).toBe("");
  expect((await run('"a" + 1', fails("T2002"), [{}])).findings[0]?.difference?.pointer).toBe("");
  expect((await run('"a" + 1', fails("T2001"), [{}])).findings[0]?.result).toBe("same");
  expect((await run('"a" + 1', () => 1, [{}])).results).toEqual([1]);
});

test("a reference that runs out of its limits proves nothing", async () => {
  const { findings, results } = await run("($f := function(){ $f() }; $f())", () => 1, [{}]);
  expect([results, findings.map(({ result }) => result)]).toEqual([[1], ["error"]]);
});

test("the first and then one in so many is compared; none with 0, nor where the time or chance has a say", async () => {
  const inputs = Array.from({ length: 250 }, (_, n) => ({ n }));
  expect((await run("n", null, inputs, 100)).findings).toHaveLength(3);
  expect((await run("n", null, inputs, 0)).findings).toHaveLength(0);
  expect((await run("$now()", null, [{}])).findings).toHaveLength(0);
  expect((await run("$shuffle([1, 2])", null, [{}])).findings).toHaveLength(0);
});

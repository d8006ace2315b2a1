import { join } from "node:path";
import type { FlowDefinition } from "../../config/flow-definition.ts";
import { HubError } from "../../errors.ts";
import { type CaseResult, readCases, runCases } from "../../flow/cases.ts";
import { compileFlow } from "../../flow/compile.ts";
import { type Coverage, recordCoverage } from "../../flow/coverage.ts";
import { caseAnswers, caseBindings, caseRecord, caseRunner } from "../../flow/run-case.ts";
import type { Json } from "../../message/json.ts";
import { updateCase } from "./update-case.ts";

/** One flow's cases, run. */
export interface FlowReport {
  readonly flow: string;
  /** The file that a person opens to mend a case. */
  readonly mapping: string;
  readonly results: readonly CaseResult[];
  /** Names of the cases that were written anew. */
  readonly updated: readonly string[];
  /** Null: it was not asked for, or the flow has no mapping. */
  readonly coverage: Coverage | null;
}

export interface TestWish {
  readonly update: boolean;
  readonly coverage: boolean;
}

/** Runs the cases of one flow of the project in `dir`. */
export async function testFlow(dir: string, flow: FlowDefinition, wish: TestWish): Promise<FlowReport> {
  const compiled = compileFlow(flow);
  const run = caseRunner(compiled);
  const got = new Map<string, Json>();
  const cases = readCases(join(dir, "mappings", flow.name, "cases"));
  const results = await runCases(cases, async (input) => {
    const result = await run(input);
    if (result !== undefined && !(result instanceof HubError)) got.set(input.name, result);
    return result;
  });
  const updated: string[] = [];
  for (const result of results) {
    if (!wish.update || result.passed) continue;
    if (await updateCase(result, got.get(result.case.name))) updated.push(result.case.name);
  }
  const recorder = wish.coverage ? recordCoverage(flow) : null;
  for (const { case: one, error } of results) {
    // A record that was refused before tries nothing of the mapping.
    if (error !== undefined && !REACHED.has(error.code)) continue;
    recorder?.add(caseRecord(compiled, one), got.get(one.name), caseBindings(one), caseAnswers(one));
  }
  const coverage = recorder?.report() ?? null;
  return { flow: flow.name, mapping: flow.map ?? flow.file, results, updated, coverage };
}

/** Failures of the mapping itself, or after it. */
const REACHED: ReadonlySet<string> = new Set([
  "TL_MAPPING_FAILED",
  "TL_MAPPING_RUNAWAY",
  "TL_EMITS_FAILED",
  "TL_REFERENCE_MISSING",
]);

/** The cases that still fail. */
export function failedOf(report: FlowReport): readonly CaseResult[] {
  return report.results.filter((result) => !result.passed && !report.updated.includes(result.case.name));
}

import { watch } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import type { FlowDefinition } from "../config/flow-definition.ts";
import { asHubError, HubError } from "../errors.ts";
import { type CaseResult, formatDiff, readCases, runCases } from "../flow/cases.ts";
import { compileFlow } from "../flow/compile.ts";
import type { Json } from "../message/json.ts";
import { updateCase } from "./case-update.ts";
import { failureText } from "./failure-text.ts";
import { junitXml } from "./junit.ts";
import { loadFlows } from "./project-files.ts";
import { caseRunner } from "./run-case.ts";
import { addCommand, type CommonOptions, jsonText, projectFolder, type Session } from "./session.ts";
import { paint } from "./terminal.ts";
import { plural, showDuration } from "./units.ts";

interface TestOptions extends CommonOptions {
  readonly watch?: true;
  readonly update?: true;
  readonly reporter: "text" | "junit";
}

/** One flow's cases, run. */
interface FlowReport {
  readonly flow: string;
  /** The file that a person opens to mend a case. */
  readonly mapping: string;
  readonly results: readonly CaseResult[];
  readonly updated: readonly string[];
}

export function addTest(program: Command, session: Session): void {
  addCommand(
    program,
    "test [flows...]",
    "Run the cases of the flows: does each mapping give what its examples say?",
    [
      "tieline test",
      "tieline test erp-customers --watch",
      "tieline test erp-customers --update          # take today's results as expectation; then read the diff",
      "tieline test --reporter junit > report.xml",
    ],
  )
    .option("--watch", "run again whenever a file of the project changes")
    .addOption(new Option("--update", "write results that differ into the cases").conflicts("watch"))
    .addOption(new Option("--reporter <form>", "how to report").choices(["text", "junit"]).default("text"))
    .action(async (names: string[], options: TestOptions) => {
      if (options.watch === true) await watchTests(session, names, options);
      else session.exitCode = await testOnce(session, names, options);
    });
}

async function testOnce(session: Session, names: readonly string[], options: TestOptions): Promise<number> {
  const { terminal } = session;
  const dir = projectFolder(session, options);
  const started = performance.now();
  const flows = await loadFlows(dir, terminal.env, names);
  const reports: FlowReport[] = [];
  for (const flow of flows) reports.push(await testFlow(dir, flow, options.update === true));
  const cases = reports.flatMap((report) => report.results);
  const failed = reports.flatMap((report) =>
    report.results.filter((result) => !result.passed && !report.updated.includes(result.case.name)),
  );
  if (options.reporter === "junit") terminal.out(junitReport(dir, reports));
  else if (options.json === true) terminal.out(jsonText(jsonReport(dir, reports)));
  else {
    for (const report of reports) terminal.out(flowText(session, dir, report));
    const passed = cases.filter((result) => result.passed).length;
    const took = showDuration(performance.now() - started);
    const updated = reports.reduce((sum, report) => sum + report.updated.length, 0);
    terminal.out(
      `${plural(reports.length, "flow")}, ${plural(cases.length, "case")}: ${passed} passed, ${failed.length} failed${updated === 0 ? "" : `, ${updated} updated`} (${took})`,
    );
  }
  return failed.length === 0 ? 0 : 1;
}

async function testFlow(dir: string, flow: FlowDefinition, update: boolean): Promise<FlowReport> {
  const run = caseRunner(compileFlow(flow));
  const got = new Map<string, Json>();
  const results = await runCases(readCases(join(dir, "mappings", flow.name, "cases")), async (input) => {
    const result = await run(input);
    if (result !== undefined && !(result instanceof HubError)) got.set(input.name, result);
    return result;
  });
  const updated: string[] = [];
  for (const result of results) {
    if (!update || result.passed) continue;
    if (await updateCase(result, got.get(result.case.name))) updated.push(result.case.name);
  }
  return { flow: flow.name, mapping: flow.map ?? flow.file, results, updated };
}

function flowText(session: Session, dir: string, report: FlowReport): string {
  const { terminal } = session;
  const lines = [paint(terminal, "bold", report.flow)];
  if (report.results.length === 0)
    lines.push(`  ${paint(terminal, "yellow", "no cases")}  mappings/${report.flow}/cases/*.json`);
  for (const result of report.results) {
    const updated = report.updated.includes(result.case.name);
    const mark = result.passed
      ? paint(terminal, "green", "✓")
      : updated
        ? paint(terminal, "yellow", "~")
        : paint(terminal, "red", "✗");
    lines.push(
      `  ${mark} ${result.case.name}  ${paint(terminal, "dim", `${Math.round(result.milliseconds)} ms`)}`,
    );
    if (result.passed || updated) continue;
    lines.push(...detail(result).map((line) => `      ${line}`));
    lines.push(paint(terminal, "dim", `      ${relative(dir, result.case.file)} against ${report.mapping}`));
  }
  return `${lines.join("\n")}\n`;
}

function detail(result: CaseResult): readonly string[] {
  return result.problem === undefined ? formatDiff(result.differences) : [result.problem];
}

function junitReport(dir: string, reports: readonly FlowReport[]): string {
  return junitXml(
    reports.flatMap((report) =>
      report.results.map((result) => ({
        suite: report.flow,
        name: result.case.name,
        ms: result.milliseconds,
        failure: result.passed ? "" : [...detail(result), relative(dir, result.case.file)].join("\n"),
      })),
    ),
  );
}

function jsonReport(dir: string, reports: readonly FlowReport[]): object {
  return {
    flows: reports.map((report) => ({
      flow: report.flow,
      cases: report.results.map((result) => ({
        name: result.case.name,
        file: relative(dir, result.case.file),
        passed: result.passed,
        updated: report.updated.includes(result.case.name),
        milliseconds: result.milliseconds,
        differences: result.differences,
        ...(result.problem === undefined ? {} : { problem: result.problem }),
      })),
    })),
  };
}

/** Editors write a file in several steps; one run answers for all that happens within this time. */
const SETTLE_MS = 100;

async function watchTests(session: Session, names: readonly string[], options: TestOptions): Promise<void> {
  const { terminal } = session;
  const dir = projectFolder(session, options);
  const run = async (): Promise<void> => {
    try {
      await testOnce(session, names, options);
    } catch (error) {
      // A file that is half edited is no reason to stop watching it.
      terminal.err(failureText(terminal, asHubError(error)));
    }
    terminal.err(paint(terminal, "dim", "watching; Ctrl-C to end"));
  };
  const changes = watch(dir, { recursive: true, signal: terminal.stop });
  await run();
  let due: NodeJS.Timeout | undefined;
  try {
    for await (const { filename } of changes) {
      if (!/^(mappings|schemas)[/\\]|^tieline\.yaml$/.test(filename ?? "")) continue;
      clearTimeout(due);
      due = setTimeout(() => void run(), SETTLE_MS);
    }
  } catch (error) {
    if (!terminal.stop.aborted) throw error;
  } finally {
    clearTimeout(due);
  }
}

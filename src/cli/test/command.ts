import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { FlowDefinition } from "../../config/flow-definition.ts";
import { asHubError } from "../../errors.ts";
import { failureText } from "../failure-text.ts";
import { loadFlows } from "../project-files.ts";
import { addCommand, type CommonOptions, jsonText, projectFolder, type Session } from "../session.ts";
import { paint } from "../terminal.ts";
import { percent } from "./coverage-text.ts";
import { flowText, jsonReport, junitReport, summaryText } from "./report.ts";
import { type FlowReport, failedOf, testFlow } from "./run-tests.ts";
import { touchedFlows, watchProject } from "./watch-tests.ts";

interface TestOptions extends CommonOptions {
  readonly watch?: true;
  readonly update?: true;
  readonly coverage?: true;
  /** From 0 to 100. */
  readonly minCoverage?: number;
  readonly reporter: "text" | "junit" | "json";
  readonly output?: string;
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
      "tieline test --min-coverage 80               # fail when the cases try too little of a mapping",
      "tieline test --reporter junit --output report.xml",
    ],
  )
    .option("--watch", "run again what a change of a file touches; show only what fails")
    .addOption(new Option("--update", "write results that differ into the cases").conflicts("watch"))
    .option("--coverage", "tell what the cases try: source fields, target fields, branches of the mapping")
    .addOption(
      new Option("--min-coverage <percent>", "fail when a flow's cases cover less").argParser(percentOf),
    )
    .addOption(
      new Option("--reporter <form>", "how to report").choices(["text", "junit", "json"]).default("text"),
    )
    .option("--output <file>", "write the junit or json report there, and the text to the terminal")
    .action(async (names: string[], options: TestOptions) => {
      if (options.watch === true) await watchTests(session, names, options);
      else session.exitCode = await testOnce(session, names, options);
    });
}

function percentOf(text: string): number {
  const share = Number(text);
  if (text.trim() === "" || !(share >= 0 && share <= 100))
    throw new InvalidArgumentError("It is a number from 0 to 100.");
  return share;
}

async function testOnce(session: Session, names: readonly string[], options: TestOptions): Promise<number> {
  const { terminal } = session;
  const dir = projectFolder(session, options);
  const started = performance.now();
  const flows = await loadFlows(dir, terminal.env, names);
  const reports = await runAll(dir, flows, options);
  const form = options.json === true ? "json" : options.reporter;
  const whole = form === "junit" ? junitReport(dir, reports) : jsonText(jsonReport(dir, reports));
  if (form !== "text" && options.output !== undefined)
    await writeFile(resolve(terminal.cwd, options.output), `${whole}\n`);
  if (form !== "text" && options.output === undefined) terminal.out(whole);
  else {
    for (const report of reports) terminal.out(flowText(terminal, dir, report));
    terminal.out(summaryText(reports, performance.now() - started));
  }
  const low = lowCoverage(reports, options);
  for (const line of low) terminal.err(`${paint(terminal, "red", "✗")} ${line}`);
  return low.length === 0 && reports.every((report) => failedOf(report).length === 0) ? 0 : 1;
}

async function runAll(
  dir: string,
  flows: readonly FlowDefinition[],
  options: TestOptions,
): Promise<readonly FlowReport[]> {
  const coverage = options.coverage === true || options.minCoverage !== undefined;
  const reports: FlowReport[] = [];
  for (const flow of flows)
    reports.push(await testFlow(dir, flow, { update: options.update === true, coverage }));
  return reports;
}

function lowCoverage(reports: readonly FlowReport[], { minCoverage }: TestOptions): readonly string[] {
  return reports.flatMap(({ flow, coverage }) => {
    if (minCoverage === undefined || coverage === null || coverage.share * 100 >= minCoverage) return [];
    return [
      `${flow}: the cases cover ${percent(coverage.share)}, and --min-coverage asks for ${minCoverage}%`,
    ];
  });
}

async function watchTests(session: Session, names: readonly string[], options: TestOptions): Promise<void> {
  const { terminal } = session;
  const dir = projectFolder(session, options);
  const run = async (changed: readonly string[] | null): Promise<void> => {
    try {
      const started = performance.now();
      const flows = await loadFlows(dir, terminal.env, names);
      const touched = changed === null ? flows : touchedFlows(flows, changed);
      if (touched.length === 0) return;
      const reports = await runAll(dir, touched, options);
      for (const report of reports) {
        const isFine = failedOf(report).length === 0 && report.results.length > 0 && report.coverage === null;
        if (!isFine) terminal.out(flowText(terminal, dir, report, true));
      }
      terminal.out(summaryText(reports, performance.now() - started));
    } catch (error) {
      // A file that is half edited is no reason to stop watching it.
      terminal.err(failureText(terminal, asHubError(error)));
    }
    terminal.err(paint(terminal, "dim", "watching; Ctrl-C to end"));
  };
  await watchProject(dir, terminal.stop, run);
}

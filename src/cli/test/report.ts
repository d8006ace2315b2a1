import { relative } from "node:path";
import { type CaseResult, formatDiff } from "../../flow/cases.ts";
import { plural, showDuration } from "../../message/units.ts";
import { paint, type Terminal } from "../terminal.ts";
import { coverageJson, coverageText } from "./coverage-text.ts";
import { junitXml } from "./junit.ts";
import { type FlowReport, failedOf } from "./run-tests.ts";

/** What a person reads of one flow. `brief` leaves out the cases that pass. */
export function flowText(terminal: Terminal, dir: string, report: FlowReport, brief = false): string {
  const lines = [paint(terminal, "bold", report.flow)];
  if (report.results.length === 0)
    lines.push(`  ${paint(terminal, "yellow", "no cases")}  mappings/${report.flow}/cases/*.json`);
  for (const result of report.results) {
    const updated = report.updated.includes(result.case.name);
    if (brief && result.passed) continue;
    lines.push(`  ${mark(terminal, result, updated)} ${result.case.name}  ${time(terminal, result)}`);
    if (result.passed) continue;
    const against = updated ? "written anew" : `against ${report.mapping}`;
    lines.push(...detail(result).map((line) => `      ${line}`));
    lines.push(paint(terminal, "dim", `      ${relative(dir, result.case.file)} ${against}`));
  }
  if (report.coverage !== null) lines.push(...coverageText(terminal, report.coverage));
  return `${lines.join("\n")}\n`;
}

function mark(terminal: Terminal, result: CaseResult, updated: boolean): string {
  if (result.passed) return paint(terminal, "green", "✓");
  return updated ? paint(terminal, "yellow", "~") : paint(terminal, "red", "✗");
}

function time(terminal: Terminal, { milliseconds }: CaseResult): string {
  return paint(terminal, "dim", `${Math.round(milliseconds)} ms`);
}

function detail(result: CaseResult): readonly string[] {
  return result.problem === undefined ? formatDiff(result.differences) : [result.problem];
}

/** `2 flows, 18 cases: 17 passed, 1 failed (0.4 s)` */
export function summaryText(reports: readonly FlowReport[], milliseconds: number): string {
  const cases = reports.flatMap((report) => report.results);
  const passed = cases.filter((result) => result.passed).length;
  const failed = reports.reduce((sum, report) => sum + failedOf(report).length, 0);
  const updated = reports.reduce((sum, report) => sum + report.updated.length, 0);
  const more = updated === 0 ? "" : `, ${updated} updated`;
  const counts = `${plural(reports.length, "flow")}, ${plural(cases.length, "case")}`;
  return `${counts}: ${passed} passed, ${failed} failed${more} (${showDuration(milliseconds)})`;
}

export function junitReport(dir: string, reports: readonly FlowReport[]): string {
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

export function jsonReport(dir: string, reports: readonly FlowReport[]): object {
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
      ...(report.coverage === null ? {} : { coverage: coverageJson(report.coverage) }),
    })),
  };
}

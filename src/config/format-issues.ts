import { describePlace } from "../message/place.ts";
import type { Finding } from "./finding.ts";

/**
 * Findings as a person reads them in a terminal: place and message, the line with a caret, the cure; then the count.
 * Empty when there is nothing to say.
 */
export function formatIssues(findings: readonly Finding[]): string {
  if (findings.length === 0) return "";
  return [...findings.map(formatIssue), summary(findings), ""].join("\n");
}

function formatIssue({ place, severity, message, cure, excerpt }: Finding): string {
  const where = place.file === undefined ? "environment" : describePlace(place);
  const lines = [`${where}: ${severity === "warning" ? "warning: " : ""}${message}`];
  if (excerpt !== null && place.line !== undefined) {
    const number = String(place.line).padStart(5);
    const { line, caret } = shorten(excerpt.replaceAll("\t", " "), (place.column ?? 1) - 1);
    lines.push(`${number} | ${line}`, `${" ".repeat(number.length)} | ${" ".repeat(caret)}^`);
  }
  if (cure !== null) lines.push(`      ${cure}`);
  return `${lines.join("\n")}\n`;
}

const WIDTH = 120;

/** The part of a long line around the caret. */
function shorten(line: string, caret: number): { readonly line: string; readonly caret: number } {
  if (line.length <= WIDTH) return { line, caret };
  const start = Math.max(0, Math.min(caret - WIDTH / 2, line.length - WIDTH));
  return { line: line.slice(start, start + WIDTH), caret: caret - start };
}

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const files = new Set(findings.map(({ place }) => place.file)).size;
  const counts = [count(errors, "error"), count(findings.length - errors, "warning")].filter(
    (text) => text !== "",
  );
  return `${counts.join(", ")} in ${count(files, "file")}`;
}

function count(number: number, word: string): string {
  if (number === 0) return "";
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

import type { Issue } from "../errors.ts";
import type { Place } from "../message/place.ts";

/** One thing wrong with the project's files. Shows configuration as written, never a secret or a replaced reference. */
export interface Finding extends Issue {
  readonly place: Place;
  /** An error keeps the project from loading; a warning does not. */
  readonly severity: "error" | "warning";
  /** The key, what was expected, what is there. No full stop. */
  readonly message: string;
  /** What to do; a sentence, or null when the message says it. */
  readonly cure: string | null;
  /** The line of the file, secrets masked, or null where it must not be shown. */
  readonly excerpt: string | null;
}

/** By file, then in the order of each file. What is wrong in a file that several flows name is told once. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const number = (value: number | undefined): number => value ?? 0;
  const once = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...once.values()].sort(
    (left, right) =>
      compare(left.place.file ?? "", right.place.file ?? "") ||
      number(left.place.line) - number(right.place.line) ||
      number(left.place.column) - number(right.place.column),
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

import { structuredPatch } from "diff";

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Above so many lines gone and come, nothing is aligned: it takes long, and nobody reads it line by line. */
const MOST_EDITS = 2_000;

/**
 * How `after` differs from `before`, as the hunks of a unified diff without its head; empty when they are the same. Line
 * ends, and whether the last line has one, make no difference.
 */
export function lineDiff(before: string, after: string): readonly string[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const patch = structuredPatch("", "", textOf(old), textOf(now), "", "", {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined)
    return [
      head(1, old.length, 1, now.length),
      ...old.map((line) => `-${line}`),
      ...now.map((line) => `+${line}`),
    ];
  return patch.hunks.flatMap((hunk) => [
    head(hunk.oldStart, hunk.oldLines, hunk.newStart, hunk.newLines),
    ...hunk.lines,
  ]);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** A range without lines names the line before it, as POSIX diff -u has it. */
function head(old: number, gone: number, now: number, come: number): string {
  return `@@ -${gone === 0 ? old - 1 : old},${gone} +${come === 0 ? now - 1 : now},${come} @@`;
}

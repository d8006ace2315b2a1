import { createTwoFilesPatch, diffArrays } from "diff";

export interface DiffLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
  /** Place in the diff, from 0. */
  readonly at: number;
}

/** Beyond so many lines gone and come nothing is aligned: it would freeze the page, and nobody reads it line by line. */
const MOST_EDITS = 2_000;

/** What goes and what comes from one text to another, line by line. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = before.split("\n");
  const next = after.split("\n");
  const parts = diffArrays(old, next, { maxEditLength: MOST_EDITS }) ?? [
    { value: old, removed: true, added: false },
    { value: next, removed: false, added: true },
  ];
  return parts
    .flatMap(({ value, added, removed }) => {
      const sign = removed ? "-" : added ? "+" : " ";
      return value.map((text) => ({ sign, text }) as const);
    })
    .map((line, at) => ({ ...line, at }));
}

/** The change as `git apply` and `patch -p1` take it. */
export function patchOf(path: string, before: string, after: string): string {
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after);
}

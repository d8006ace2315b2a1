import fc from "fast-check";
import { expect, test } from "vitest";
import { lineDiff } from "../../src/cli/line-diff.ts";

/** What comes of applying a diff, by its line numbers alone; throws where it does not fit. */
function apply(before: string, diff: readonly string[]): string {
  const old = before === "" ? [] : before.split("\n");
  const result: string[] = [];
  let read = 0;
  for (const line of diff) {
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (head !== null) {
      // A range without lines names the line before it.
      const before = (start: number): number => Number(head[start]) - (head[start + 1] === "0" ? 0 : 1);
      while (read < before(1)) result.push(old[read++]!);
      expect(result.length).toBe(before(3));
      continue;
    }
    const text = line.slice(1);
    if (line[0] !== "+") expect(old[read++]).toBe(text);
    if (line[0] !== "-") result.push(text);
  }
  return [...result, ...old.slice(read)].join("\n");
}

test("a diff turns the one text into the other, whatever they are", () => {
  const texts = fc
    .array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 })
    .map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const diff = lineDiff(before, after);
      expect(apply(before, diff)).toBe(after);
      if (before === after) expect(diff).toEqual([]);
    }),
  );
});

test("a change is shown with its surroundings, and one far away in a hunk of its own", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const after = lines.with(1, "second").toSpliced(20, 1).join("\n");
  expect(lineDiff(lines.join("\n"), after)).toEqual([
    "@@ -1,5 +1,5 @@",
    " line 1",
    "-line 2",
    "+second",
    " line 3",
    " line 4",
    " line 5",
    "@@ -18,7 +18,6 @@",
    " line 18",
    " line 19",
    " line 20",
    "-line 21",
    " line 22",
    " line 23",
    " line 24",
  ]);
});

test("texts too long to be aligned are told as gone and come", () => {
  const many = (word: string): string => Array.from({ length: 2_500 }, (_, at) => `${word} ${at}`).join("\n");
  const diff = lineDiff(many("old"), many("new"));
  expect(diff).toHaveLength(5_001);
  expect(apply(many("old"), diff)).toBe(many("new"));
});

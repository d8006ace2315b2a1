export interface DiffLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
  /** Place in the diff, from 0. */
  readonly at: number;
}

/** Beyond so many pairs of lines the search for what is common would freeze the page. */
const MOST_PAIRS = 4_000_000;

/** What goes and what comes from one text to another, line by line: the longest common row of lines stays. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = before.split("\n");
  const next = after.split("\n");
  const lines: Omit<DiffLine, "at">[] = [];
  if (old.length * next.length > MOST_PAIRS) {
    lines.push(
      ...old.map((text) => ({ sign: "-" as const, text })),
      ...next.map((text) => ({ sign: "+" as const, text })),
    );
  } else {
    const common = commonTable(old, next);
    const width = next.length + 1;
    const left = (i: number, j: number): number => common[i * width + j] ?? 0;
    let [i, j] = [0, 0];
    while (i < old.length || j < next.length) {
      if (i < old.length && j < next.length && old[i] === next[j]) {
        lines.push({ sign: " ", text: old[i] ?? "" });
        i += 1;
        j += 1;
      } else if (j >= next.length || (i < old.length && left(i + 1, j) >= left(i, j + 1))) {
        lines.push({ sign: "-", text: old[i] ?? "" });
        i += 1;
      } else {
        lines.push({ sign: "+", text: next[j] ?? "" });
        j += 1;
      }
    }
  }
  return lines.map((line, at) => ({ ...line, at }));
}

/** Of the rests of both texts from each pair of places on: how many lines they have in common, in order. */
function commonTable(old: readonly string[], next: readonly string[]): Uint32Array {
  const width = next.length + 1;
  const table = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = next.length - 1; j >= 0; j--)
      table[i * width + j] =
        old[i] === next[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
  return table;
}

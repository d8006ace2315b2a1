/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Above so many pairs of lines, nothing is aligned: what differs is told as gone and come. */
const MOST_PAIRS = 4_000_000;

interface Line {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** How `after` differs from `before`, as the hunks of a unified diff without its head; empty when they are the same. */
export function lineDiff(before: string, after: string): readonly string[] {
  return hunks(compare(linesOf(before), linesOf(after)));
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** What is the same at both ends is set aside first: mostly little remains. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...marked(" ", before.slice(0, head)),
    ...aligned(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...marked(" ", before.slice(before.length - tail)),
  ];
}

/** By the longest common subsequence of lines. */
function aligned(gone: readonly string[], come: readonly string[]): readonly Line[] {
  const width = come.length + 1;
  if (gone.length * width > MOST_PAIRS) return [...marked("-", gone), ...marked("+", come)];
  // longest[i * width + j]: how many lines the rests from i and from j have in common.
  const longest = new Uint32Array((gone.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = gone.length - 1; i >= 0; i--)
    for (let j = come.length - 1; j >= 0; j--)
      longest[i * width + j] =
        gone[i] === come[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < gone.length || j < come.length) {
    if (i < gone.length && j < come.length && gone[i] === come[j]) {
      lines.push({ mark: " ", text: gone[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < gone.length && (j === come.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: "-", text: gone[i] ?? "" });
      i += 1;
    } else {
      lines.push({ mark: "+", text: come[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

function marked(mark: Line["mark"], texts: readonly string[]): readonly Line[] {
  return texts.map((text) => ({ mark, text }));
}

/** Changes with their surroundings; those that are near each other share a hunk. */
function hunks(lines: readonly Line[]): readonly string[] {
  const shown: string[] = [];
  let old = 1;
  let now = 1;
  let end = 0;
  for (const [index, { mark }] of lines.entries()) {
    if (mark !== " " && index >= end) {
      const start = Math.max(end, index - CONTEXT);
      end = endOfHunk(lines, index);
      const hunk = lines.slice(start, end);
      const led = index - start;
      const count = (other: "-" | "+"): number => hunk.filter((line) => line.mark !== other).length;
      shown.push(`@@ -${old - led},${count("+")} +${now - led},${count("-")} @@`);
      for (const line of hunk) shown.push(`${line.mark}${line.text}`);
    }
    if (mark !== "+") old += 1;
    if (mark !== "-") now += 1;
  }
  return shown;
}

function endOfHunk(lines: readonly Line[], change: number): number {
  let last = change;
  for (let index = change; index < lines.length && index - last <= 2 * CONTEXT; index++)
    if (lines[index]?.mark !== " ") last = index;
  return Math.min(last + CONTEXT + 1, lines.length);
}

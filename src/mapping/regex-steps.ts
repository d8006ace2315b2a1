/** An endless repetition, in the estimate below. */
const ENDLESS = 1_000;

/**
 * An upper estimate of the ways a pattern can be tried from one place in the text: each choice of a repetition or an
 * alternative multiplies. It is asked only for patterns that the linear-time engine cannot take.
 * `bare` holds no classes and no escapes, each of them stands as one letter.
 */
export function boundedSteps(bare: string): number {
  const endless = (bare.match(/[*+]|\{\d+,\}/g) ?? []).length;
  // From any place: with an endless repetition, a pattern that may start anywhere is tried at each place in full.
  if (endless > 0 && !bare.startsWith("^")) return Number.POSITIVE_INFINITY;
  return sequenceSteps({ text: bare, at: 0 });
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** Steps of `a|b|c` up to the closing bracket or the end. */
function sequenceSteps(cursor: Cursor): number {
  let total = 0;
  let branch = 1;
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== ")") {
    if (cursor.text[cursor.at] === "|") {
      total += branch;
      branch = 1;
      cursor.at++;
    } else branch *= atomSteps(cursor);
  }
  cursor.at++;
  return total + branch;
}

function atomSteps(cursor: Cursor): number {
  const group = cursor.text[cursor.at] === "(";
  cursor.at++;
  if (group) cursor.at += /^(\?:|\?<[^>]*>)?/.exec(cursor.text.slice(cursor.at))?.[0].length ?? 0;
  const inner = group ? sequenceSteps(cursor) : 1;
  const count = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(cursor.text.slice(cursor.at));
  if (count === null) return inner;
  cursor.at += count[0].length;
  const [least, most] = bounds(count);
  return (most - least + 1) * inner ** most;
}

function bounds(count: RegExpExecArray): readonly [number, number] {
  const [, sign, least, comma, most] = count;
  if (sign === "?") return [0, 1];
  if (sign !== undefined) return [0, ENDLESS];
  const from = Number(least);
  if (comma === "") return [from, from];
  return [from, most === "" ? from + ENDLESS : Number(most)];
}

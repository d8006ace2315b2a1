/**
 * The rows that the `INSERT INTO <table> (…) VALUES (…), (…);` statements of an SQL script write, as CSV with a header.
 * NULL becomes an empty cell. Knows what such scripts hold: numbers, NULL and texts in single quotes, N'…' among them.
 */
export function sqlRowsAsCsv(script: string, table: string): string {
  const insert = new RegExp(`INSERT INTO ${table} \\(([^)]*)\\) VALUES\\s*`, "g");
  const lines: string[] = [];
  for (let found = insert.exec(script); found !== null; found = insert.exec(script)) {
    if (lines.length === 0) lines.push((found[1] ?? "").replaceAll(" ", ""));
    lines.push(...tuplesFrom(script, insert.lastIndex));
  }
  return lines.map((line) => `${line}\n`).join("");
}

const VALUE = /\s*(?:N?'((?:[^']|'')*)'|(NULL)|(-?[0-9.]+))\s*([,)])/y;

/** One CSV line for each `(…)` from `at` to the semicolon. */
function tuplesFrom(script: string, at: number): string[] {
  const lines: string[] = [];
  let next = at;
  while (script.charAt(next) === "(") {
    const cells: string[] = [];
    VALUE.lastIndex = next + 1;
    for (let value = VALUE.exec(script); value !== null; value = VALUE.exec(script)) {
      const [, text, , number] = value;
      cells.push(
        text === undefined ? (number ?? "") : `"${text.replaceAll("''", "'").replaceAll('"', '""')}"`,
      );
      next = VALUE.lastIndex;
      if (value[4] === ")") break;
    }
    lines.push(cells.join(","));
    next += /^[\s,]*/.exec(script.slice(next, next + 20))?.[0].length ?? 0;
  }
  return lines;
}

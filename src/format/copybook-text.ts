/** One description: its words, without the full stop, and where it begins. */
export interface Statement {
  readonly words: readonly string[];
  readonly line: number;
  readonly column: number;
}

/**
 * The descriptions of a copybook. In fixed form the first six columns are numbers, an asterisk or slash in the seventh
 * makes a comment, and what stands behind column 72 does not count; free form has `*>` for comments. Which it is shows in
 * each line: one that begins with blanks or six digits is of fixed form.
 */
export function cobolStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  let words: string[] = [];
  let start = { line: 1, column: 1 };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const content = contentOf(raw.replaceAll("\t", "    "));
    for (const { 0: token, index: at } of content
      .replaceAll("\x1a", "")
      .matchAll(/'[^']*'|"[^"]*"|[^\s,;]+/g)) {
      if (words.length === 0) start = { line: index + 1, column: at + 1 };
      const ends = token.endsWith(".");
      const word = ends ? token.slice(0, -1) : token;
      if (word !== "") words.push(word);
      if (!ends || words.length === 0) continue;
      statements.push({ words, ...start });
      words = [];
    }
  }
  if (words.length > 0) statements.push({ words, ...start });
  return statements;
}

/** The line with blanks for what does not count. */
function contentOf(line: string): string {
  const isFixed = /^(?:\d{6}|\s{6})/.test(line);
  if (isFixed && /^[*/]$/.test(line[6] ?? "")) return "";
  if (/^\s*\*/.test(line) || /^\s*(?:EJECT|SKIP[123])\s*\.?\s*$/i.test(line)) return "";
  const content = isFixed ? `      ${line.slice(6, 72)}` : line;
  const comment = content.indexOf("*>");
  return comment === -1 ? content : content.slice(0, comment);
}

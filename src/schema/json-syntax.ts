/** A token of RFC 8259: a sign, a text, a number or a word. */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the RFC forbids these in a text
  /[{}[\]:,]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

/**
 * Where a text stops being JSON: the offset of the first token that cannot stand there, or the end when it is too
 * short. The engine's own message has an offset for some mistakes only.
 */
export function syntaxErrorOffset(text: string): number {
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at += /^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return at;
    const next = after(expected, token, open);
    if (next === undefined) return at;
    expected = next;
    at += token.length;
  }
}

/** What may follow a token; undefined when the token itself may not stand here. `open` is changed. */
function after(expected: Expected, token: string, open: string[]): Expected | undefined {
  const isEmptyEnd =
    (expected === "value or ]" && token === "]") || (expected === "key or }" && token === "}");
  if (isEmptyEnd || (expected === ", or end" && token === open.at(-1))) {
    open.pop();
    return ", or end";
  }
  if (expected === ", or end") {
    if (token !== "," || open.length === 0) return undefined;
    return open.at(-1) === "}" ? "key" : "value";
  }
  if (expected === ":") return token === ":" ? "value" : undefined;
  if (expected === "key" || expected === "key or }") return token.startsWith('"') ? ":" : undefined;
  if (token === "{" || token === "[") {
    open.push(token === "{" ? "}" : "]");
    return token === "{" ? "key or }" : "value or ]";
  }
  return "]}:,".includes(token) ? undefined : ", or end";
}

/** The kinds between which a token may be changed for another and still be read. */
export type TokenKind = "space" | "text" | "regex" | "number" | "name" | "function" | "variable" | "sign";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SHAPES: readonly (readonly [TokenKind, RegExp])[] = [
  ["space", /^(?:\s+|\/\*[\s\S]*?\*\/)/],
  ["text", /^(?:"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*')/],
  ["name", /^`[^`]*`/],
  ["number", /^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/],
  ["function", /^\$[\p{L}_][\p{L}\p{N}_]*(?=\s*\()/u],
  ["variable", /^\$(?:\$|[\p{L}_][\p{L}\p{N}_]*)?/u],
  ["name", /^[\p{L}_][\p{L}\p{N}_]*/u],
  ["sign", /^(?::=|!=|<=|>=|~>|\*\*|\.\.|\?\?|\?:|[\s\S])/],
];
const REGEX = /^\/(?:\\.|[^/\\\n])+\/[img]*/;
/** Behind these a slash divides. */
const OPERAND_END = /^(?:[)\]}]|[\p{L}\p{N}_$`"'].*)$/su;

/** The tokens of an expression; all of its text is in them. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let last = "";
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const regex = OPERAND_END.test(last) ? null : REGEX.exec(rest);
    const isRegex = regex !== null && !rest.startsWith("/*");
    const token: Token = isRegex ? { kind: "regex", text: regex[0] } : shaped(rest);
    tokens.push(token);
    if (token.kind !== "space") last = token.text;
    at += token.text.length;
  }
  return tokens;
}

function shaped(rest: string): Token {
  for (const [kind, shape] of SHAPES) {
    const found = shape.exec(rest);
    if (found !== null) return { kind, text: found[0] };
  }
  return { kind: "sign", text: rest.charAt(0) };
}

export function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join("");
}

/** The index behind the bracket that closes the one at `start`; the next index where there is none. */
export function closing(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== "sign") continue;
    if ("([{".includes(text)) depth++;
    if (")]}".includes(text) && --depth === 0) return at + 1;
  }
  return start + 1;
}

import type { Place } from "../message/place.ts";

/** Line and column of an offset, both from 1; columns count UTF-16 units. */
export function placeAt(text: string, offset: number, file: string): Place {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)));
  const lineStart = before.lastIndexOf("\n") + 1;
  return { file, line: before.split("\n").length, column: before.length - lineStart + 1 };
}

/** A name, or an operator of two letters, at the end of a text. */
const TOKEN = /(?:\$?[\p{L}\p{N}_]+|\*\*|\.\.|:=|~>|[<>!]=)$/u;

/**
 * Where a token begins. The library gives the offset just behind a token, for a call that behind its bracket;
 * `token` is what it says the token is, without the dollar sign of a function.
 */
export function tokenStart(text: string, position: number, token: unknown): number {
  const before = text.slice(0, position);
  const call = before.replace(/\s*\($/, "");
  if (typeof token === "string" && token !== "") {
    if (call.endsWith(`$${token}`)) return call.length - token.length - 1;
    if (before.endsWith(token)) return position - token.length;
  }
  // Another function's name came with it, as for `$map(a, $number)`: the call itself is the place.
  const isCall = call !== before;
  const word = isCall || token === undefined ? TOKEN.exec(call)?.[0] : undefined;
  return word === undefined ? Math.max(0, position - 1) : call.length - word.length;
}

/** Offset of a literal's opening slash. `position` is just behind its flags. */
export function regexStart(text: string, source: string, position = text.length): number {
  return Math.max(0, text.lastIndexOf(`/${source}`, position));
}

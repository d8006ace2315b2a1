import { checkText, spend } from "../../watch.ts";
import { type Callable, failure } from "./value.ts";

/** Runs through the matches of a regular expression with the flag `g`. @throws D1004 at a second empty match */
function eachMatch(
  text: string,
  regex: RegExp,
  limit: number | undefined,
  position: number,
  take: (match: RegExpExecArray) => void,
): number {
  let count = 0;
  regex.lastIndex = 0;
  let match = regex.exec(text);
  while (match !== null && (limit === undefined || count < limit)) {
    spend(4);
    const next = regex.lastIndex;
    take(match);
    count++;
    if (next >= text.length) break;
    regex.lastIndex = next;
    match = regex.exec(text);
    if (match !== null && match[0] === "") throw failure("D1004", { position });
  }
  return count;
}

/** `$contains(text, /…/)`; the regular expression has no flag `g`. */
export function containsMatch(text: string, regex: RegExp): boolean {
  spend(4 + (text.length >> 4));
  return regex.test(text);
}

/** `$match(text, /…/)[0].groups[group - 1]`, or its `match` for 0; without the flag `g`, and never an empty match. */
export function firstMatch(text: string, regex: RegExp, group: number): string | undefined {
  spend(4 + (text.length >> 4));
  return regex.exec(text)?.[group];
}

/** The longest text that is searched in one go: nothing can stop that. */
const AT_ONCE = 1_024;

/** `$replace(text, /…/, "…")` where no match is empty and the replacement is short and plain. */
export function replacedAll(text: string, regex: RegExp, replacement: string, position: number): string {
  if (text.length > AT_ONCE) return replacedBy(text, regex, replacement, undefined, position);
  spend(4 + (text.length >> 4));
  const result = text.replace(regex, replacement);
  checkText(result.length);
  return result;
}

/** `$split(text, /…/)` where no match is empty and there are no groups. */
export function splitAll(text: string, regex: RegExp, position: number): string[] {
  if (text.length > AT_ONCE) return splitBy(text, regex, undefined, position);
  spend(4 + (text.length >> 4));
  return text.split(regex);
}

/** `$match(text, /…/, limit)` as an open sequence. */
export function matches(text: string, regex: RegExp, limit: number | undefined, position: number): unknown[] {
  const found: unknown[] = [];
  if (limit === 0) return found;
  eachMatch(text, regex, limit, position, (match) => {
    found.push({ match: match[0], index: match.index, groups: match.slice(1) });
  });
  return found;
}

/** `$split(text, /…/, limit)` */
export function splitBy(text: string, regex: RegExp, limit: number | undefined, position: number): string[] {
  const parts: string[] = [];
  if (limit === 0) return parts;
  let from = 0;
  const count = eachMatch(text, regex, limit, position, (match) => {
    parts.push(text.substring(from, match.index));
    from = match.index + match[0].length;
  });
  if (limit === undefined || count < limit) parts.push(text.substring(from));
  return parts;
}

/** `$replace(text, /…/, replacement, limit)` */
export function replacedBy(
  text: string,
  regex: RegExp,
  replacement: string | Callable,
  limit: number | undefined,
  position: number,
): string {
  if (limit === 0) return text;
  let result = "";
  let from = 0;
  const plain = typeof replacement === "string" && !replacement.includes("$");
  const count = eachMatch(text, regex, limit, position, (match) => {
    const substitute = plain
      ? (replacement as string)
      : typeof replacement === "string"
        ? substituted(replacement, match)
        : substitutedBy(replacement, match, regex, text, position);
    result += text.substring(from, match.index) + substitute;
    checkText(result.length);
    from = match.index + match[0].length;
  });
  return count === 0 ? text : result + text.substring(from);
}

/** `$0`, `$1` … `$$` of a replacement, by the library's rules. */
function substituted(replacement: string, match: RegExpExecArray): string {
  const groups = match.slice(1);
  const digits = groups.length === 0 ? 1 : Math.floor(Math.log(groups.length) * Math.LOG10E) + 1;
  let text = "";
  let at = 0;
  for (let sign = replacement.indexOf("$"); sign !== -1; sign = replacement.indexOf("$", at)) {
    text += replacement.substring(at, sign);
    at = sign + 1;
    const next = replacement.charAt(at);
    if (next === "$" || next === "0") {
      text += next === "$" ? "$" : match[0];
      at++;
      continue;
    }
    let group = Number.parseInt(replacement.substring(at, at + digits), 10);
    if (digits > 1 && group > groups.length)
      group = Number.parseInt(replacement.substring(at, at + digits - 1), 10);
    if (Number.isNaN(group)) {
      text += "$";
      continue;
    }
    text += groups[group - 1] ?? "";
    at += group.toString().length;
  }
  return text + replacement.substring(at);
}

function substitutedBy(
  replacement: Callable,
  match: RegExpExecArray,
  regex: RegExp,
  text: string,
  position: number,
): string {
  const result = replacement(matchValue(match, new RegExp(regex), text, position, regex.lastIndex));
  if (typeof result !== "string") throw failure("D3012", { value: result });
  return result;
}

/** A match as functions of a mapping see it. */
function matchValue(
  match: RegExpExecArray,
  regex: RegExp,
  text: string,
  position: number,
  from: number,
): object {
  return {
    match: match[0],
    start: match.index,
    end: match.index + match[0].length,
    groups: match.slice(1),
    next: () => {
      if (from >= text.length) return undefined;
      const found = matched(regex, text, from, position);
      if (found?.match === "") throw failure("D1004", { position });
      return found;
    },
  };
}

function matched(
  regex: RegExp,
  text: string,
  from: number,
  position: number,
): { match?: string } | undefined {
  spend(4);
  regex.lastIndex = from;
  const match = regex.exec(text);
  return match === null ? undefined : matchValue(match, regex, text, position, regex.lastIndex);
}

/** A regular expression as a value: the library has it as a function of a text. */
export function matcher(regex: RegExp, position: number): Callable {
  const own = new RegExp(regex);
  const callable: Callable = (text, from) => matched(own, text as string, (from as number) || 0, position);
  callable.arity = 2;
  callable.parts = { count: 2, call: ([text, from]) => callable(text, from) };
  return callable;
}

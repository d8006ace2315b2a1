/** Deepest nesting taken from outside, in every format. */
export const MAX_DEPTH = 64;

/**
 * Whether valid or invalid JSON opens more than `MAX_DEPTH` arrays and objects at once. Runs before the parser, without
 * recursion. Few brackets in all settle it without looking at the bytes one by one.
 */
export function isTooDeep(bytes: Buffer): boolean {
  if (countUpTo(bytes, 0x5b, MAX_DEPTH) + countUpTo(bytes, 0x7b, MAX_DEPTH) <= MAX_DEPTH) return false;
  let depth = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === 0x22) {
      at++;
      while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    }
    at++;
  }
  return false;
}

function countUpTo(bytes: Buffer, wanted: number, limit: number): number {
  let count = 0;
  let at = bytes.indexOf(wanted);
  while (at !== -1 && count <= limit) {
    count++;
    at = bytes.indexOf(wanted, at + 1);
  }
  return count;
}

/** The first place where a text stops being JSON (RFC 8259), and what would be right there. */
export interface JsonFault {
  readonly index: number;
  readonly expected: string;
}

const VALUE = "a value";
const LITERALS = ["true", "false", "null"];

/**
 * Finds what a JSON parser refused. The engine's own message may quote the content, so it is never shown.
 * @param text text that JSON.parse refused
 */
export function findJsonFault(text: string): JsonFault {
  const open: string[] = [];
  let at = 0;
  let want: "value" | "value or end" | "name" | "name or end" | "separator" = "value";
  for (;;) {
    while (at < text.length && " \t\n\r".includes(text.charAt(at))) at++;
    const char = text.charAt(at);
    const inside = open.at(-1);
    if (want === "separator") {
      if (inside === undefined) return { index: at, expected: "the end of the text" };
      if (char === ",") {
        want = inside === "{" ? "name" : "value";
        at++;
      } else if (char === (inside === "{" ? "}" : "]")) {
        open.pop();
        at++;
      } else {
        return { index: at, expected: inside === "{" ? '"," or "}"' : '"," or "]"' };
      }
    } else if (want === "name" || want === "name or end") {
      if (char === "}" && want === "name or end") {
        open.pop();
        at++;
        want = "separator";
        continue;
      }
      if (char !== '"') return { index: at, expected: "a name in double quotes" };
      const end = endOfJsonString(text, at);
      if (typeof end !== "number") return end;
      at = end;
      while (at < text.length && " \t\n\r".includes(text.charAt(at))) at++;
      if (text.charAt(at) !== ":") return { index: at, expected: '":"' };
      at++;
      want = "value";
    } else if (char === "]" && want === "value or end") {
      open.pop();
      at++;
      want = "separator";
    } else if (char === "{" || char === "[") {
      open.push(char);
      at++;
      want = char === "{" ? "name or end" : "value or end";
    } else {
      const end = endOfScalar(text, at);
      if (typeof end !== "number") return end;
      at = end;
      want = "separator";
    }
  }
}

function endOfScalar(text: string, at: number): number | JsonFault {
  if (text.charAt(at) === '"') return endOfJsonString(text, at);
  const literal = LITERALS.find((word) => text.startsWith(word, at));
  if (literal !== undefined) return at + literal.length;
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  number.lastIndex = at;
  if (number.test(text)) return number.lastIndex;
  return { index: at, expected: VALUE };
}

function endOfJsonString(text: string, start: number): number | JsonFault {
  let at = start + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < " ") return { index: at, expected: "control characters in a string to be escaped" };
    if (char !== "\\") {
      at++;
    } else if (/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(at + 1, at + 6))) {
      at += text.charAt(at + 1) === "u" ? 6 : 2;
    } else {
      return { index: at, expected: "a valid escape" };
    }
  }
  return { index: start, expected: "the string that begins here to be closed" };
}

/**
 * The source of a regular expression that matches without the flag `i` what this one matches with it.
 * V8's linear-time engine does not know that flag, so a pattern that keeps it could never be rescued from backtracking.
 */
export function caseless(source: string): string {
  let out = "";
  for (let at = 0; at < source.length; ) {
    if (source.charAt(at) === "[") {
      const end = classEnd(source, at);
      out += caselessClass(source.slice(at, end));
      at = end;
      continue;
    }
    // The name of a group is no text to match.
    const name = /^\(\?<[\p{L}_$][^>]*>/u.exec(source.slice(at))?.[0];
    const atom = name === undefined ? atomAt(source, at) : { text: name };
    out += atom.char === undefined ? atom.text : inBothCases(atom.text, atom.char);
    at += atom.text.length;
  }
  return out;
}

interface Atom {
  readonly text: string;
  /** The one character it stands for; a sign of the syntax or a class escape stands for none. */
  readonly char?: string;
}

/** A character or the whole of an escape: `\x41`, `\u0041` and `\cA` must not be taken apart. */
function atomAt(source: string, at: number): Atom {
  const text =
    /^(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[A-Za-z]|k<[^>]*>|.)|.)/s.exec(source.slice(at))?.[0] ?? "";
  const code = /^\\[xu]([0-9a-fA-F]{2,4})$/.exec(text)?.[1];
  if (code !== undefined) return { text, char: String.fromCharCode(Number.parseInt(code, 16)) };
  if (!text.startsWith("\\")) return { text, char: text };
  return /^\\[^a-zA-Z0-9]$/.test(text) ? { text, char: text.slice(1) } : { text };
}

function inBothCases(text: string, char: string): string {
  const both = cases(char);
  return both.length === 1 ? text : `[${both.join("")}]`;
}

/** Offset behind the bracket that closes the class. */
function classEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at += atomAt(source, at).text.length) {
    if (source.charAt(at) === "]") return at + 1;
  }
  return source.length;
}

function caselessClass(source: string): string {
  const negated = source.startsWith("[^");
  let out = negated ? "[^" : "[";
  for (let at = out.length; at < source.length - 1; ) {
    const first = atomAt(source, at);
    at += first.text.length;
    const isRange = source.charAt(at) === "-" && at + 1 < source.length - 1;
    if (!isRange) {
      out +=
        first.char === undefined || cases(first.char).length === 1 ? first.text : cases(first.char).join("");
      continue;
    }
    const last = atomAt(source, at + 1);
    at += 1 + last.text.length;
    out += `${first.text}-${last.text}`;
    if (first.char !== undefined && last.char !== undefined) out += otherCases(first.char, last.char);
  }
  return `${out}]`;
}

/** A character in both cases. */
function cases(char: string): readonly string[] {
  const others = [char.toLowerCase(), char.toUpperCase()].filter(
    (other) => canonical(other) === canonical(char),
  );
  return [...new Set([char, ...others])];
}

/** ECMA-262, Canonicalize without the flag `u`: characters that have this in common are the same to the flag `i`. */
function canonical(char: string): string {
  const upper = char.toUpperCase();
  const isOutside = upper.length !== 1 || (char.charCodeAt(0) >= 128 && upper.charCodeAt(0) < 128);
  return isOutside ? char : upper;
}

/** What the ASCII letters of a range are in the other case. */
function otherCases(from: string, to: string): string {
  return overlap(from, to, "a", "z", -32) + overlap(from, to, "A", "Z", 32);
}

function overlap(from: string, to: string, first: string, last: string, shift: number): string {
  const start = from > first ? from : first;
  const end = to < last ? to : last;
  if (start > end) return "";
  return `${String.fromCharCode(start.charCodeAt(0) + shift)}-${String.fromCharCode(end.charCodeAt(0) + shift)}`;
}

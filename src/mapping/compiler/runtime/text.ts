import { checkCount, checkText, checkTexts, spend } from "../../watch.ts";
import { isOuter } from "./mark.ts";
import { failure } from "./value.ts";

/** `$string(value)`, for a value that is there. */
export function textOf(value: unknown, prettify: unknown = false): string {
  if (typeof value === "string") return value;
  if (typeof value === "function") return "";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === null) return "null";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw failure("D3001", { value });
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(15)));
  }
  measure(value, { values: 0, texts: 0 });
  const written = isOuter(value) ? value[0] : value;
  return JSON.stringify(written, writing, prettify ? 2 : 0);
}

/** Numbers as the library writes them: 15 digits, so that 0.1 + 0.2 is 0.3. */
function writing(_name: string, value: unknown): unknown {
  if (typeof value === "function") return "";
  if (typeof value !== "number" || Number.isNaN(value)) return value;
  if (!Number.isFinite(value)) throw failure("D1001", { value });
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

/** A value that is to be written out, walked as often as it occurs. @throws Stop when the text would be too long */
function measure(value: unknown, seen: { values: number; texts: number }): void {
  if (typeof value === "string") {
    seen.texts += value.length;
    checkTexts(seen.texts);
  }
  if (typeof value !== "object" || value === null) return;
  spend(8);
  const members = Array.isArray(value) ? value : Object.values(value);
  seen.values += members.length;
  checkCount(seen.values);
  for (const member of members) measure(member, seen);
}

const ASTRAL = /[\ud800-\udfff]/;

/** Code points. */
export function lengthOf(text: string): number {
  if (text.length < 32 || ASTRAL.test(text)) {
    let count = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0xd800 && code < 0xdc00) {
        const next = text.charCodeAt(at + 1);
        if (next >= 0xdc00 && next < 0xe000) at++;
      }
      count++;
    }
    return count;
  }
  return text.length;
}

export function substringOf(text: string, from: number, length: number | undefined): string {
  if (ASTRAL.test(text)) return pointsOf(text, from, length);
  const start = text.length + from < 0 ? 0 : from;
  if (length === undefined) return text.slice(start);
  if (length <= 0) return "";
  return text.slice(start, start >= 0 ? start + length : text.length + start + length);
}

function pointsOf(text: string, from: number, length: number | undefined): string {
  spend(text.length);
  const points = [...text];
  const start = points.length + from < 0 ? 0 : from;
  if (length === undefined) return points.slice(start).join("");
  if (length <= 0) return "";
  return points.slice(start, start >= 0 ? start + length : points.length + start + length).join("");
}

const BLANKS = /[ \t\n\r]+/g;
/** What `trim` has to change: blanks at an end, two in a row, or one that is not a space. */
const UNTRIMMED = /^[ \t\n\r]|[ \t\n\r]$|[ \t\n\r]{2}|[\t\n\r]/;

export function trimmed(text: string): string {
  if (!UNTRIMMED.test(text)) return text;
  spend(text.length >> 4);
  const single = text.replace(BLANKS, " ");
  const from = single.startsWith(" ") ? 1 : 0;
  const to = single.length > from && single.endsWith(" ") ? single.length - 1 : single.length;
  return single.substring(from, to);
}

/** Replaces a text by a text. */
export function replacedText(text: string, pattern: string, replacement: string): string {
  const parts = text.split(pattern);
  checkText(text.length + (parts.length - 1) * (replacement.length - pattern.length));
  spend(text.length >> 4);
  return parts.join(replacement);
}

export function beforeText(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.substring(0, at);
}

export function afterText(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.substring(at + mark.length);
}

/** Joins texts. @throws Stop when the whole is too long */
export function joined(texts: readonly string[], separator: string): string {
  let length = 0;
  for (const text of texts) length += text.length + separator.length;
  checkText(length);
  spend(length >> 5);
  return texts.join(separator);
}

export function padded(text: string, width: number, fill: string): string {
  checkText(Math.abs(width));
  const wanted = Math.trunc(width);
  const missing = Math.abs(wanted) - lengthOf(text);
  if (!(missing > 0)) return text;
  const times = Math.ceil(missing / lengthOf(fill));
  const filler = substringOf(fill.repeat(times), 0, missing);
  return wanted > 0 ? text + filler : filler + text;
}

/** `$split` at a text. */
export function splitText(text: string, separator: string): string[] {
  spend(text.length >> 3);
  const parts = text.split(separator);
  checkCount(parts.length);
  return parts;
}

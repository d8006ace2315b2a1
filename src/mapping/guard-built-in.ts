import { PICTURE_LIMIT } from "./limits.ts";
import { same } from "./same.ts";
import { checkText, Stop } from "./watch.ts";

/** `$pad` makes so many characters whatever its text is; of nothing it makes nothing. */
export function checkPad(text: unknown, width: unknown): void {
  if (text !== undefined && typeof width === "number") checkText(Math.abs(width));
}

/** `$join` makes one text of many. */
export function checkJoin(texts: unknown, separator: unknown): void {
  if (!Array.isArray(texts)) return;
  const between = typeof separator === "string" ? separator.length : 0;
  let length = 0;
  for (const text of texts) length += between + String(text).length;
  checkText(length);
}

export function checkPicture(picture: unknown): void {
  if (typeof picture === "string" && picture.length > PICTURE_LIMIT) throw new Stop("picture");
}

/** A width such as `[Y,100000000]` asks for so many digits. */
export function checkDatePicture(picture: unknown): void {
  checkPicture(picture);
  if (typeof picture !== "string") return;
  // The width is what stands behind the last comma of a marker; blanks in a marker do not count.
  if (/,[^,\]]*\d{3}[^,\]]*\]/.test(picture.replace(/\s+/g, ""))) throw new Stop("picture");
}

/** The signs of a number format are short; an empty one makes the library search for ever. */
export function checkNumberFormat(picture: unknown, options: unknown): void {
  checkPicture(picture);
  if (typeof options !== "object" || options === null) return;
  for (const [name, value] of Object.entries(options)) {
    if (name === "infinity" || name === "NaN") continue;
    if (typeof value !== "string" || value.length < 1 || value.length > SIGN_LIMIT) throw new Stop("picture");
  }
}

const SIGN_LIMIT = 8;

/** The digits of infinity never end. */
export function checkFinite(value: number): void {
  if (!Number.isFinite(value)) throw new Stop("number");
}

/** `$distinct`, which compares each value with all before it; plain values need no comparing. */
export function distinct(values: readonly unknown[], result: unknown[]): readonly unknown[] {
  const plain = new Set<unknown>();
  const structured: unknown[] = [];
  for (const value of values) {
    if (typeof value === "object" && value !== null) {
      if (structured.some((known) => same(known, value))) continue;
      structured.push(value);
    } else if (plain.has(value)) continue;
    else plain.add(value);
    result.push(value);
  }
  return result;
}

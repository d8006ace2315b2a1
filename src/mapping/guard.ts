import { isOuter } from "./compiler/runtime/mark.ts";
import { guardedRegex } from "./regex-guard.ts";
import { checkCount, checkText, checkTexts, Stop, step, tick } from "./watch.ts";

export * from "./guard-built-in.ts";
export { sortWith } from "./sort.ts";
export { checkCount, checkText, isOuter, step, tick };

/** What is thrown when a literal is not a regular expression at all; parse.ts finds its place. */
export const REGEX_SYNTAX = "regex-syntax";

/** `left & right` */
export function concat(left: string, right: string): string {
  checkText(left.length + right.length);
  return left + right;
}

/** Two arrays as one. */
export function append(left: readonly unknown[], right: readonly unknown[]): readonly unknown[] {
  tick();
  checkCount(left.length + right.length);
  return left.concat(right);
}

export function pushAll(target: unknown[], members: readonly unknown[]): void {
  tick();
  checkCount(target.length + members.length);
  for (let index = 0; index < members.length; index++) target.push(members[index]);
}

/** A value that is to be written out, walked as often as it occurs. @throws Stop when the text would be too long */
export function measure(value: unknown): void {
  if (typeof value === "object" && value !== null) walk(value, { values: 0, text: 0 });
}

function walk(value: unknown, seen: { values: number; text: number }): void {
  if (typeof value === "string") {
    seen.text += value.length;
    checkTexts(seen.text);
  }
  if (typeof value !== "object" || value === null || isFunction(value)) return;
  tick();
  const members = Array.isArray(value) ? value : Object.values(value);
  seen.values += members.length;
  checkCount(seen.values);
  for (const member of members) walk(member, seen);
}

/** By the marks the library goes by; it writes a function as an empty text. */
function isFunction(value: object): boolean {
  const marks = value as { _jsonata_function?: unknown; _jsonata_lambda?: unknown };
  return marks._jsonata_function === true || marks._jsonata_lambda === true;
}

/** A literal as the parser reads it. Whether it may run is judged by lint.ts, which can name the place. */
export function literalRegex(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    throw Object.assign(new Error("not a regular expression"), { code: REGEX_SYNTAX, token: source });
  }
}

/** How many pictures are remembered; a mapping has a few, one made from data could bring any number. */
const PICTURES_KEPT = 256;

/** The same reader, which reads a picture once. */
export function remembered<T>(read: (picture: string) => T): (picture: string) => T {
  const known = new Map<string, T>();
  return (picture) => {
    const found = known.get(picture);
    if (found !== undefined) return found;
    const made = read(picture);
    if (known.size >= PICTURES_KEPT) known.clear();
    known.set(picture, made);
    return made;
  };
}

const numberPictures = new Map<string, unknown>();

/** What the library read from a number picture; undefined stands for one with options, which is read each time. */
export function analysed<T>(picture: string | undefined, read: () => T): T {
  if (picture === undefined) return read();
  const found = numberPictures.get(picture) as T | undefined;
  if (found !== undefined) return found;
  const made = read();
  if (numberPictures.size >= PICTURES_KEPT) numberPictures.clear();
  numberPictures.set(picture, made);
  return made;
}

const pictures = new Map<string, RegExp>();

/** The expression that the library makes of a date picture, without regard to case. @throws Stop when it is unbounded */
export function pictureRegex(source: string): RegExp {
  const known = pictures.get(source);
  if (known !== undefined) return known;
  const verdict = guardedRegex(source, "i");
  if ("problem" in verdict) throw new Stop("picture");
  const made = new RegExp(verdict.source, verdict.flags);
  if (pictures.size >= PICTURES_KEPT) pictures.clear();
  pictures.set(source, made);
  return made;
}

import { createHmac } from "node:crypto";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isPlain } from "./mask.ts";

/** What a value that was disguised looked like. */
export type Kind = "e-mail" | "phone" | "date" | "number" | "id" | "text";

export interface Disguised {
  /** JSON pointer. */
  readonly pointer: string;
  readonly kind: Kind;
}

export interface Disguise {
  /** The value with everything personal in it made another; notes what it made so. */
  value(value: Json, pointer?: string): Json;
  readonly disguised: readonly Disguised[];
}

/**
 * Puts values of the same shape in the place of personal ones. What is personal is what `maskValue` masks, all but words
 * that are the project's own. The same word becomes the same word everywhere, so that references still fit.
 * @param key secret of whoever does it: without it nobody can try out which name became which
 * @param isOwn whether a text stands in the project itself, such as a code its mapping compares with
 */
export function disguise(key: string, isOwn: (text: string) => boolean): Disguise {
  const disguised: Disguised[] = [];
  const word = wordsBy(key);
  const days = 30 + (numberOf(key, "days", 0) % 600);
  const text = (given: string): readonly [string, Kind] => {
    if (/^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$/.test(given)) return [address(given.replace(WORD, word)), "e-mail"];
    const moved = movedDate(given, days);
    if (moved !== null) return [moved, "date"];
    if (/^\s*[+(]?\d[\d\s()./-]{5,}$/.test(given) && /[+\s()/-]|^0/.test(given))
      return [phone(given, word), "phone"];
    return [given.replace(WORD, word), /\d/.test(given) && !/\s/.test(given) ? "id" : "text"];
  };
  const visit = (value: Json, pointer: string): Json => {
    const note = <Same extends Json>(changed: Same, kind: Kind): Same => {
      if (changed !== value) disguised.push({ pointer, kind });
      return changed;
    };
    if (Array.isArray(value)) return value.map((one, at) => visit(one, `${pointer}/${at}`));
    if (isObject(value)) return members(value, pointer);
    if (typeof value === "number") return note(disguisedNumber(value, word), "number");
    if (typeof value !== "string" || isOwn(value)) return value;
    return note(...text(value));
  };
  const members = (value: JsonObject, pointer: string): JsonObject =>
    Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const below = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        return [name, isPlain(name) && typeof member === "string" ? member : visit(member, below)];
      }),
    );
  return { disguised, value: (value, pointer = "") => visit(value, pointer) };
}

/** A run of letters, or of digits. */
const WORD = /\p{L}+|\d+/gu;

/** Another word of the same letters' kinds for each: vowels for vowels, so that it can still be read. */
function wordsBy(key: string): (word: string) => string {
  const known = new Map<string, string>();
  return (word) => {
    const small = word.toLowerCase();
    let other = known.get(small);
    for (let turn = 0; other === undefined; turn++) {
      const bytes = createHmac("sha256", key).update(`${turn} ${small}`).digest();
      const made = [...small].map((char, at) => otherThan(char, at, bytes)).join("");
      if (made !== small || !/[\p{L}1-9]/u.test(small)) other = made;
    }
    known.set(small, other);
    const letters = [...other];
    return [...word]
      .map((char, at) => (char === char.toLowerCase() ? letters[at] : letters[at]?.toUpperCase()))
      .join("");
  };
}

const VOWELS = "aeiou";
const CONSONANTS = "bcdfghjklmnprstvwz";
const ACCENTED = "äöüéèáóñ";

/** Zeros stay: they fill numbers up, and a number that begins with none does not begin with one then. */
function otherThan(char: string, at: number, bytes: Buffer): string {
  const byte = (bytes[at % bytes.length] ?? 0) + at;
  if (char === "0") return "0";
  if (/\d/.test(char)) return String(1 + (byte % 9));
  const from = VOWELS.includes(char) ? VOWELS : char < "\u0080" ? CONSONANTS : ACCENTED;
  return from[byte % from.length] ?? "x";
}

/** At a domain that can never be anybody's (RFC 2606). */
function address(made: string): string {
  return made.replace(/[^.@\s]+(\s*)$/, "example$1");
}

/** The first digits, which say the country and the town, stay; the others are made anew. */
function phone(given: string, word: (word: string) => string): string {
  const digits = given.replace(/\D/g, "");
  const kept = Math.min(5, Math.floor(digits.length / 2));
  const made = word(digits.slice(kept));
  let at = 0;
  return given.replace(/\d/g, (digit) => (at++ < kept ? digit : (made[at - 1 - kept] ?? digit)));
}

function disguisedNumber(value: number, word: (word: string) => string): number {
  const text = String(value);
  // A single digit is a count or a flag, and nobody is told by it.
  if (!/^-?\d+(\.\d+)?$/.test(text) || Math.abs(value) < 10) return value;
  return Number(text.replace(/\d+/g, word));
}

/** A day, with or without the time behind it, moved into the past; null when it is none. */
function movedDate(given: string, days: number): string | null {
  const found = /^(\d{4})(-?)(\d{2})\2(\d{2})(?=$|[T ])/.exec(given);
  if (found === null) return null;
  const [whole, year = "", dash = "", month = "", day = ""] = found;
  const at = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).getUTCDate() !== Number(day) || year < "1900" || year > "2100")
    return null;
  const moved = new Date(at - days * 86_400_000).toISOString().slice(0, 10);
  return moved.replaceAll("-", dash) + given.slice(whole.length);
}

function numberOf(key: string, what: string, at: number): number {
  return createHmac("sha256", key).update(what).digest().readUInt16BE(at);
}

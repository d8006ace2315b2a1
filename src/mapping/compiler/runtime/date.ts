import { caseless } from "../../regex-caseless.ts";

const ISO = /^\d{4}(-[01]\d)?(-[0-3]\d)?(T[0-2]\d:[0-5]\d:[0-5]\d)?(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$/;

/** `$toMillis` of an ISO 8601 text; undefined for another text, which is the library's work. */
export function isoMillis(text: string): number | undefined {
  return ISO.test(text) ? Date.parse(text) : undefined;
}

/** `$fromMillis` without a picture; undefined for years of other than four digits. */
export function isoText(millis: number): string | undefined {
  const date = new Date(millis);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date.toISOString() : undefined;
}

/** A number as a date picture writes it, at least so many digits. */
interface Component {
  readonly letter: string;
  readonly digits: number;
}

type Part = string | Component;

/** Pictures made of plain numbers: everything else is the library's work. */
const MARKER = /^([YMDHmsf])(0*1)?$/;

const DEFAULT_DIGITS: Readonly<Record<string, number>> = { Y: 1, M: 1, D: 1, H: 1, m: 2, s: 2, f: 1 };

function partsOf(picture: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const token of picture.match(/\[[^[\]]*\]|[^[\]]+|[[\]]/g) ?? []) {
    if (token === "[" || token === "]") return undefined;
    if (!token.startsWith("[")) {
      parts.push(token);
      continue;
    }
    const [, letter, digits] = MARKER.exec(token.slice(1, -1)) ?? [];
    if (letter === undefined) return undefined;
    parts.push({ letter, digits: digits?.length ?? (DEFAULT_DIGITS[letter] as number) });
  }
  return parts;
}

/** `$fromMillis` for one picture; undefined when the library has to do it. */
export function dateWriter(picture: string): ((millis: number) => string | undefined) | undefined {
  const parts = partsOf(picture);
  if (parts === undefined) return undefined;
  return (millis) => {
    const date = new Date(millis);
    const year = date.getUTCFullYear();
    if (!(year >= 0 && year <= 9999)) return undefined;
    let text = "";
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index] as Part;
      text += typeof part === "string" ? part : written(date, part);
    }
    return text;
  };
}

function written(date: Date, { letter, digits }: Component): string {
  let value = fieldOf(date, letter);
  // The year keeps as many digits as its picture has, from two on.
  if (letter === "Y" && digits >= 2) value %= 10 ** digits;
  const text = String(value);
  return text.length >= digits ? text : text.padStart(digits, "0");
}

function fieldOf(date: Date, letter: string): number {
  if (letter === "Y") return date.getUTCFullYear();
  if (letter === "M") return date.getUTCMonth() + 1;
  if (letter === "D") return date.getUTCDate();
  if (letter === "H") return date.getUTCHours();
  if (letter === "m") return date.getUTCMinutes();
  return letter === "s" ? date.getUTCSeconds() : date.getUTCMilliseconds();
}

/** Components that leave no gap, from the year on: others take parts of the present time, or fail. */
const WHOLE: readonly string[] = ["YMD", "YMDH", "YMDHm", "YMDHms"];

/** `$toMillis` for one picture; undefined when the library has to do it. */
export function dateReader(picture: string): ((text: string) => number | undefined) | undefined {
  const parts = partsOf(picture);
  if (parts === undefined) return undefined;
  const letters = parts.flatMap((part) => (typeof part === "string" ? [] : [part.letter]));
  const order = [..."YMDHms"].filter((letter) => letters.includes(letter)).join("");
  if (!WHOLE.includes(order) || letters.length !== order.length) return undefined;
  const regex = new RegExp(`^${parts.map((part, at) => `(${sourceOf(part, parts[at + 1])})`).join("")}$`);
  const at = [..."YMDHms"].map(
    (letter) => 1 + parts.findIndex((part) => typeof part !== "string" && part.letter === letter),
  );
  return (text) => {
    const found = regex.exec(text);
    if (found === null) return undefined;
    const number = (field: number): number => {
      const index = at[field] as number;
      return index === 0 ? 0 : Number.parseInt(found[index] as string, 10);
    };
    const month = number(1);
    return Date.UTC(number(0), month > 0 ? month - 1 : 0, number(2), number(3), number(4), number(5));
  };
}

/** A number has a fixed width only when another follows without anything between. */
function sourceOf(part: Part, next: Part | undefined): string {
  if (typeof part === "string") return caseless(part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return typeof next === "object" ? `[0-9]{${part.digits}}` : "[0-9]+";
}

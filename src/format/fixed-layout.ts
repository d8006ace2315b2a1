import { HubError, type Issue } from "../errors.ts";
import { isObject } from "../message/json.ts";
import { nearest } from "./csv-header.ts";

/** Where the fields of a fixed-width record stand. All lengths and places count characters (Unicode code points). */
export interface FixedLayout {
  readonly record?: {
    /** Every record has exactly this length. Needed when the file has no line ends. */
    readonly length?: number;
    /** Records at the beginning and at the end that are not data. */
    readonly skip?: { readonly header?: number; readonly footer?: number };
  };
  readonly fields: readonly FixedField[];
}

export interface FixedField {
  readonly name: string;
  /** Place of its first character, from 1. */
  readonly at: number;
  readonly length: number;
  /** Default text. A number or integer that a double cannot hold stays text. */
  readonly type?: "text" | "number" | "integer";
  /** Which blanks do not count; default right for text; numbers are always trimmed. */
  readonly trim?: "both" | "left" | "right" | "none";
  /** So many of a number's last digits are decimals, without a point being written. */
  readonly decimals?: number;
  /** What a blank field becomes: no member (default), or null. */
  readonly empty?: "missing" | "null";
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  layout: ["record", "fields"],
  record: ["length", "skip"],
  skip: ["header", "footer"],
  field: ["name", "at", "length", "type", "trim", "decimals", "empty"],
};

/**
 * A parsed layout file as a layout.
 * @throws HubError TL_CONFIG_INVALID that lists every key, field and number that is wrong
 */
export function checkLayout(layout: unknown): FixedLayout {
  const issues: Issue[] = [];
  const say = (place: string, message: string): void => {
    issues.push({ place: { field: place }, message: `${place}: ${message}` });
  };
  if (!isObject(layout))
    throw new HubError("TL_CONFIG_INVALID", "fixed: the layout must be a map with `fields`");
  unknownKeys("layout", layout, "", say);
  const record = layout["record"];
  if (record !== undefined) checkRecord(record, say);
  const fields = layout["fields"];
  if (!Array.isArray(fields) || fields.length === 0) say("/fields", "expected a list of fields");
  else checkFields(fields, recordLength(record), say);
  if (issues.length > 0) {
    const text = issues.map(({ message }) => message).join("; ");
    throw new HubError("TL_CONFIG_INVALID", `fixed layout: ${text}`, { issues });
  }
  return layout as unknown as FixedLayout;
}

type Say = (place: string, message: string) => void;

function checkRecord(record: unknown, say: Say): void {
  if (!isObject(record)) {
    say("/record", "expected a map");
    return;
  }
  unknownKeys("record", record, "/record", say);
  if (record["length"] !== undefined) wholeNumber(record["length"], 1, "/record/length", say);
  const skip = record["skip"];
  if (skip === undefined) return;
  if (!isObject(skip)) {
    say("/record/skip", "expected a map");
    return;
  }
  unknownKeys("skip", skip, "/record/skip", say);
  for (const key of ["header", "footer"]) {
    if (skip[key] !== undefined) wholeNumber(skip[key], 0, `/record/skip/${key}`, say);
  }
}

function recordLength(record: unknown): number {
  const length = isObject(record) ? record["length"] : undefined;
  return typeof length === "number" ? length : Number.POSITIVE_INFINITY;
}

function checkFields(fields: readonly unknown[], length: number, say: Say): void {
  const names = new Set<unknown>();
  for (const [index, field] of fields.entries()) {
    const place = `/fields/${index}`;
    if (!isObject(field)) {
      say(place, "expected a map");
      continue;
    }
    checkField(field, place, say);
    const name = field["name"];
    if (names.has(name)) say(`${place}/name`, "the name is there already");
    names.add(name);
    if (Number(field["at"]) + Number(field["length"]) - 1 > length)
      say(place, "the field ends after the record");
  }
}

function checkField(field: Readonly<Record<string, unknown>>, place: string, say: Say): void {
  const { name, at, length, type = "text", trim = "right", decimals, empty = "missing" } = field;
  unknownKeys("field", field, place, say);
  if (typeof name !== "string" || name === "" || name === "__proto__")
    say(`${place}/name`, "expected a name");
  wholeNumber(at, 1, `${place}/at`, say);
  wholeNumber(length, 1, `${place}/length`, say);
  oneOf(type, ["text", "number", "integer"], `${place}/type`, say);
  oneOf(trim, ["both", "left", "right", "none"], `${place}/trim`, say);
  oneOf(empty, ["missing", "null"], `${place}/empty`, say);
  if (decimals === undefined) return;
  wholeNumber(decimals, 0, `${place}/decimals`, say);
  if (type !== "number") say(`${place}/decimals`, "only a field of type number has decimals");
}

function unknownKeys(kind: string, value: object, place: string, say: Say): void {
  const known = KEYS[kind] ?? [];
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    say(`${place}/${key}`, near === undefined ? "unknown key" : `unknown key, did you mean "${near}"?`);
  }
}

function wholeNumber(value: unknown, least: number, place: string, say: Say): void {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    say(place, `expected a whole number, at least ${least}`);
  }
}

function oneOf(value: unknown, allowed: readonly string[], place: string, say: Say): void {
  if (!allowed.includes(String(value))) say(place, `expected one of ${allowed.join(", ")}`);
}

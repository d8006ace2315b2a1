import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type CobolBytes, decimalOf, readDigits } from "./cobol-number.ts";
import type { CobolItem } from "./copybook.ts";
import type { Picture } from "./copybook-picture.ts";

/** Most digits of a number that a double surely holds. */
const SAFE_DIGITS = 15;

interface Reading {
  readonly bytes: Buffer;
  readonly how: CobolBytes;
  /** Whether lists take only as many bytes as they have entries. */
  readonly variable: boolean;
  /** Numbers read so far, for `DEPENDING ON`. */
  readonly counts: Map<string, number>;
}

/**
 * The record as an object of its items: text without the blanks behind it, whole numbers of up to 15 digits as numbers,
 * all others, and those with decimals, as decimal text. What is blank, behind the end of a shorter record, or, where
 * several items read the same bytes, not of its picture, is missing.
 * @throws HubError TL_DECODE_FAILED naming the field and its first byte, never its content
 */
export function decodeCobol(bytes: Buffer, root: CobolItem, how: CobolBytes, variable: boolean): Json {
  const value: { [name: string]: Json } = {};
  readItems(root, 0, value, { bytes, how, variable, counts: new Map() });
  return value;
}

/**
 * What one item says of bytes that others read in another way: a member of its name, or those of its items.
 * @param counts numbers around it, for `DEPENDING ON`
 */
export function decodeItem(
  bytes: Buffer,
  item: CobolItem,
  how: CobolBytes,
  counts: ReadonlyMap<string, number>,
): Json {
  const value: { [name: string]: Json } = {};
  readItem(item, 0, value, { bytes, how, variable: false, counts: new Map(counts) });
  return value;
}

/** @returns the place behind the items */
function readItems(group: CobolItem, start: number, into: { [name: string]: Json }, record: Reading): number {
  const places = new Map<string, number>();
  let at = start;
  let end = start;
  for (const item of group.items) {
    const from = item.redefines === undefined ? end : (places.get(item.redefines) ?? at);
    at = from;
    if (item.name !== "" && !places.has(item.name)) places.set(item.name, from);
    end = Math.max(end, readItem(item, from, into, record));
  }
  return end;
}

function readItem(item: CobolItem, from: number, into: { [name: string]: Json }, record: Reading): number {
  if (item.occurs === undefined) return readOnce(item, from, record, into, item.name);
  const { most, dependingOn } = item.occurs;
  const count = dependingOn === undefined ? most : countOf(dependingOn, most, item, record);
  const list: Json[] = [];
  let at = from;
  for (let index = 0; index < count && at < record.bytes.length; index++) {
    const one: { [name: string]: Json } = {};
    at = readOnce(item, at, record, one, "item");
    list.push(one["item"] ?? null);
  }
  if (item.name !== "") into[item.name] = list;
  return record.variable ? at : from + most * item.length;
}

function readOnce(
  item: CobolItem,
  from: number,
  record: Reading,
  into: { [name: string]: Json },
  name: string,
): number {
  if (item.picture !== undefined) {
    const value = readField(item, item.picture, from, record);
    if (value !== undefined && name !== "") into[name] = value;
    return from + item.length;
  }
  // What has no name of its own belongs to what is around it.
  const members = name === "" ? into : {};
  const end = readItems(item, from, members, record);
  if (name !== "" && Object.keys(members).length > 0) into[name] = members;
  return end;
}

function countOf(name: string, most: number, item: CobolItem, { counts }: Reading): number {
  const count = counts.get(name);
  if (count !== undefined && count >= 0 && count <= most) return count;
  throw new HubError(
    "TL_DECODE_FAILED",
    `${name} does not say how often ${item.name} occurs (0 to ${most})`,
    {
      place: { line: 1, field: name },
    },
  );
}

function readField(item: CobolItem, picture: Picture, from: number, record: Reading): Json | undefined {
  const { bytes, how, counts } = record;
  if (from + picture.length > bytes.length) return undefined;
  const own = bytes.subarray(from, from + picture.length);
  if (picture.kind === "text") return textOf(own, how);
  const digits = readDigits(own, picture, how);
  if (digits === "blank") {
    counts.set(item.name, 0);
    return undefined;
  }
  if (digits === undefined) {
    if (item.isAlternative) return undefined;
    throw new HubError("TL_DECODE_FAILED", `the bytes are no number (${NAMES[picture.kind]})`, {
      place: { line: 1, column: from + 1, field: item.name || "FILLER" },
    });
  }
  const decimal = decimalOf(digits, picture.scale);
  const isWhole = picture.scale <= 0 && picture.digits - picture.scale <= SAFE_DIGITS;
  const value = isWhole && Number.isSafeInteger(Number(decimal)) ? Number(decimal) : decimal;
  if (typeof value === "number") counts.set(item.name, value);
  return value;
}

const NAMES = { text: "", display: "DISPLAY", binary: "COMP", native: "COMP-5", packed: "COMP-3" } as const;

function textOf(bytes: Buffer, { table }: CobolBytes): string | undefined {
  let text = "";
  for (const byte of bytes) text += table[byte] ?? "";
  const trimmed = text.replace(/[ \0]+$/, "").replaceAll("\0", " ");
  return trimmed.trim() === "" ? undefined : trimmed;
}

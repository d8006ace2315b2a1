import { isDeepStrictEqual } from "node:util";
import { HubError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import type { CobolBytes } from "./cobol-number.ts";
import { decodeItem } from "./cobol-record.ts";
import type { CobolItem } from "./copybook.ts";
import type { Picture } from "./copybook-picture.ts";
import type { CobolLayout, GroupLayout } from "./write-cobol-layout.ts";
import { NoSuchNumber, numberBytes } from "./write-cobol-number.ts";
import { refused, refusedAt } from "./write-refusal.ts";

/** How records are written. */
export interface CobolWriting {
  readonly layout: CobolLayout;
  readonly how: CobolBytes;
  /** Bytes by their characters. */
  readonly bytesOf: ReadonlyMap<string, number>;
  /** Whether lists take only as many bytes as they have entries. */
  readonly variable: boolean;
  /** What stands in a number that is missing. */
  readonly missing: "blanks" | "zeros";
}

/** A group with what the record says of it, around the item that is being written. */
interface Scope {
  readonly group: CobolItem;
  readonly value: JsonObject;
}

interface Place {
  readonly bytes: Buffer;
  readonly scopes: readonly Scope[];
  /** JSON pointer of what is around. */
  readonly field: string;
  /** Which record, from 0. */
  readonly record: number;
  /** Numbers written so far, for `DEPENDING ON`. */
  readonly counts: Map<string, number>;
}

/**
 * The bytes of a record from the shape in which it is read. What is missing is blank.
 * @param record which, from 0
 * @throws HubError TL_TARGET_REFUSED naming the field and never its value
 */
export function encodeCobol(
  value: JsonObject,
  root: CobolItem,
  writing: CobolWriting,
  record: number,
): Buffer {
  const bytes = Buffer.alloc(root.length, blankOf(writing));
  const end = writeItems(
    root,
    value,
    0,
    { bytes, scopes: [], field: "", record, counts: new Map() },
    writing,
  );
  return writing.variable ? bytes.subarray(0, end) : bytes;
}

/** @returns the place behind the items */
function writeItems(
  group: CobolItem,
  value: JsonObject,
  start: number,
  place: Place,
  writing: CobolWriting,
): number {
  const { names, places } = groupOf(group, writing);
  const strange = Object.keys(value).find((name) => !names.has(name));
  if (strange !== undefined)
    throw refusedAt(place.record, `${place.field}/${strange}`, "has a field that is none of the copybook");
  const inner = { ...place, scopes: [...place.scopes, { group, value }] };
  let end = start;
  for (const all of places)
    end =
      all.length === 1
        ? writeItem(all[0] as CobolItem, value, end, inner, writing)
        : writeOneOf(all, value, end, inner, writing);
  return end;
}

function groupOf(group: CobolItem, { layout }: CobolWriting): GroupLayout {
  return layout.get(group) as GroupLayout;
}

function writeItem(
  item: CobolItem,
  value: JsonObject,
  from: number,
  place: Place,
  writing: CobolWriting,
): number {
  if (item.occurs === undefined) return writeOnce(item, ownOf(item, value), from, place, writing);
  const { most, dependingOn } = item.occurs;
  const field = `${place.field}/${item.name}`;
  const list = item.name === "" ? [] : (value[item.name] ?? []);
  if (!Array.isArray(list)) throw refused(place.record, `has no list in ${field}`, field);
  if (list.length > most) throw refused(place.record, `has more than the ${most} entries of ${field}`, field);
  const count = dependingOn === undefined ? most : list.length;
  let at = from;
  for (let index = 0; index < count; index++)
    at = writeOnce(item, list[index] ?? null, at, { ...place, field: `${field}/${index}` }, writing, "");
  return writing.variable ? at : from + most * item.length;
}

/** What a record says of an item; of one without a name, what it says of all around it. */
function ownOf(item: CobolItem, value: JsonObject): Json {
  return item.name === "" ? (item.picture === undefined ? value : null) : (value[item.name] ?? null);
}

function writeOnce(
  item: CobolItem,
  value: Json,
  from: number,
  place: Place,
  writing: CobolWriting,
  name: string = item.name,
): number {
  const field = name === "" ? place.field : `${place.field}/${name}`;
  if (item.picture !== undefined) {
    const bytes = fieldBytes(item, item.picture, value, { ...place, field }, writing);
    bytes.copy(place.bytes, from);
    return from + item.length;
  }
  if (value !== null && !isObject(value)) throw refused(place.record, `has no object in ${field}`, field);
  // What has no name of its own belongs to what is around it, where its members were looked at.
  const isNamed = item.name !== "";
  const members = value ?? {};
  return isNamed
    ? writeItems(item, members, from, { ...place, field }, writing)
    : writeItems(item, membersOf(item, members, writing), from, place, writing);
}

/** The members that items of an unnamed group have. */
function membersOf(group: CobolItem, value: JsonObject, writing: CobolWriting): JsonObject {
  const { names } = groupOf(group, writing);
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
}

/**
 * Items that read the same bytes in several ways. Where a record says several of them, as one that was read does, the
 * bytes are those that read as all of them.
 */
function writeOneOf(
  all: readonly CobolItem[],
  value: JsonObject,
  from: number,
  place: Place,
  writing: CobolWriting,
): number {
  const length = Math.max(...all.map((item) => item.length * (item.occurs?.most ?? 1)));
  const said = all.filter((item) => isSaid(item, value));
  const alone = (items: readonly CobolItem[]): Buffer => {
    const bytes = Buffer.alloc(length, blankOf(writing));
    for (const item of items) writeItem(item, value, 0, { ...place, bytes }, writing);
    return bytes;
  };
  const bytes =
    said.length < 2 ? alone([said[0] ?? (all[0] as CobolItem)]) : agreed(said, value, alone, place, writing);
  bytes.copy(place.bytes, from);
  return from + length;
}

/** @param written the bytes after some items were written, one over the other */
function agreed(
  said: readonly CobolItem[],
  value: JsonObject,
  written: (items: readonly CobolItem[]) => Buffer,
  { counts, field, record }: Place,
  writing: CobolWriting,
): Buffer {
  const read = (bytes: Buffer, item: CobolItem): Json => decodeItem(bytes, item, writing.how, counts);
  let failure: HubError | undefined;
  const whole: CobolItem[] = [];
  // An item that cannot be written alone may still be what the bytes of another read as.
  const wanted = said.map((item): readonly [CobolItem, Json] => {
    try {
      const own = read(written([item]), item);
      whole.push(item);
      return [item, own];
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown;
      failure ??= thrown;
      const own =
        item.name === "" ? membersOf(item, value, writing) : { [item.name]: value[item.name] ?? null };
      return [item, own];
    }
  });
  for (const last of whole) {
    const bytes = written([...whole.filter((item) => item !== last), last]);
    if (wanted.every(([item, own]) => isDeepStrictEqual(read(bytes, item), own))) return bytes;
  }
  const names = said.map(({ name }) => name || "FILLER").join(" and ");
  throw (
    failure ??
    refused(
      record,
      `says different things of the same bytes: ${names}`,
      `${field}/${said[1]?.name ?? ""}`,
      "Give only one of them in the mapping: they redefine each other.",
    )
  );
}

function isSaid(item: CobolItem, value: JsonObject): boolean {
  if (item.name !== "") return value[item.name] !== undefined && value[item.name] !== null;
  return item.items.some((inner) => isSaid(inner, value));
}

function fieldBytes(
  item: CobolItem,
  picture: Picture,
  given: Json,
  place: Place,
  writing: CobolWriting,
): Buffer {
  const { field, record } = place;
  const lists = item.name === "" ? undefined : listsOf(item.name, place, writing);
  const value = lists === undefined ? given : countFor(item.name, given, lists, place);
  if (isObject(value) || Array.isArray(value))
    throw refused(record, `has a list or object in ${field}`, field);
  if (picture.kind === "text") return textBytes(value, picture, place, writing);
  if (typeof value === "boolean") throw refused(record, `has no number in ${field}`, field);
  if (value === null || value === "") return missingBytes(item, picture, place, writing);
  try {
    const bytes = numberBytes(String(value), picture, writing.how);
    if (lists !== undefined) place.counts.set(item.name, Number(value));
    return bytes;
  } catch (thrown) {
    if (!(thrown instanceof NoSuchNumber)) throw thrown;
    throw refused(record, `${thrown.message} in ${field}`, field);
  }
}

function textBytes(
  value: Json,
  { length }: Picture,
  { field, record }: Place,
  writing: CobolWriting,
): Buffer {
  const bytes = Buffer.alloc(length, blankOf(writing));
  let at = 0;
  for (const char of value === null ? "" : String(value)) {
    const byte = writing.bytesOf.get(char);
    if (byte === undefined)
      throw refused(
        record,
        `has a text whose character ${at + 1} the code page lacks in ${field}`,
        field,
        "Write it in another way in the mapping, or set another `encoding` of the format.",
      );
    if (at === length) throw refused(record, `needs more than the ${length} characters of ${field}`, field);
    bytes[at++] = byte;
  }
  return bytes;
}

/** What reads as nothing; a binary number has no such bytes. */
function missingBytes(
  item: CobolItem,
  picture: Picture,
  { field, record }: Place,
  writing: CobolWriting,
): Buffer {
  const { how, missing } = writing;
  if (missing === "zeros" || item.name === "") return numberBytes("0", picture, how);
  if (picture.kind === "binary" || picture.kind === "native")
    throw refused(
      record,
      `has nothing in ${field}, and a binary number cannot be blank`,
      field,
      "Give it in the mapping, or set `missing: zeros` of the format.",
    );
  return Buffer.alloc(picture.length, picture.kind === "packed" && !how.isEbcdic ? 0 : blankOf(writing));
}

function blankOf({ how }: CobolWriting): number {
  return how.isEbcdic ? 0x40 : 0x20;
}

/** The nearest group with lists that say by this number how often they occur. */
function listsOf(name: string, { scopes }: Place, writing: CobolWriting): Scope | undefined {
  return scopes.findLast(({ group }) => groupOf(group, writing).counters.has(name));
}

/** How many entries the lists have that depend on a number, which may also be said. */
function countFor(name: string, given: Json, lists: Scope, { field, record }: Place): Json {
  const found = new Set(lengthsOf(name, lists.group, lists.value));
  if (given !== null) found.add(Number(given));
  const [count, ...others] = found;
  if (others.length > 0)
    throw refused(
      record,
      `has lists that do not have as many entries as ${field} says`,
      field,
      "Leave the number out in the mapping: the hub counts.",
    );
  return count ?? 0;
}

function lengthsOf(name: string, group: CobolItem, value: JsonObject): readonly number[] {
  return group.items.flatMap((item) => {
    const own = item.name === "" ? value : (value[item.name] ?? {});
    if (item.occurs?.dependingOn === name) return [Array.isArray(own) ? own.length : 0];
    return item.occurs === undefined && isObject(own) ? lengthsOf(name, item, own) : [];
  });
}

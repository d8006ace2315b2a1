import { hash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { isObject, type Json, type JsonObject } from "tieline/connector";

/** `c-42`, the name that the hub gave to a record, or the number that Odoo gave. */
export type RecordName = string | number;

/** What the hub itself wrote last to fields of records, by which its own writes are recognised when they come back. */
export interface OwnValues {
  /**
   * Notes that the hub is about to write fields of records, each named as in an import. Until they are `settled`, also by
   * a hub that starts after a crash, nobody knows what they hold. Returned: noted for good.
   */
  begins(model: string, names: readonly RecordName[], fields: readonly string[]): void;
  /** Odoo has answered: it wrote them, or it did not. */
  settled(model: string, names: readonly RecordName[]): void;
  /** Fields that the hub began to write, and of which it does not know whether they are written. */
  inDoubt(model: string, names: readonly RecordName[]): readonly string[];
  /** Notes values as Odoo gave them right after the hub had written them. Returned: noted for good. */
  wrote(model: string, records: readonly JsonObject[], fields: readonly string[]): void;
  /** The fields that hold what the hub wrote. One that somebody else has changed is from then on theirs. */
  ownOf(model: string, record: JsonObject): readonly string[];
}

/** So many lines more than there are records, and the file is written anew when it is opened. */
const SLACK = 1_000;

/** @param path file that keeps hashes of the values; undefined: nothing is kept after the end of the process */
export function openOwnValues(path: string | undefined): OwnValues {
  /** By `model/id`: hashes by field. By `model?name`: fields that are being written, without a hash. */
  const own = new Map<string, Readonly<Record<string, string>>>();
  let isOpen = false;

  /** With the first use: a connector is opened on threads that never write by it. */
  function open(): void {
    if (isOpen) return;
    isOpen = true;
    const lines = load(path, own);
    if (path !== undefined && lines > own.size + SLACK) rewrite(path, own);
  }

  function note(changed: ReadonlyMap<string, Readonly<Record<string, string>>>): void {
    for (const [name, hashes] of changed) keep(own, name, hashes);
    if (path !== undefined && changed.size > 0) append(path, "a", changed);
  }

  return {
    begins(model, names, fields) {
      open();
      const unknown = Object.fromEntries(fields.map((field) => [field, ""]));
      note(new Map(names.map((name) => [doubtOf(model, name), unknown])));
    },
    settled(model, names) {
      open();
      const known = names.map((name) => doubtOf(model, name)).filter((name) => own.has(name));
      note(new Map(known.map((name) => [name, {}])));
    },
    inDoubt(model, names) {
      open();
      return names.flatMap((name) => Object.keys(own.get(doubtOf(model, name)) ?? {}));
    },
    wrote(model, records, fields) {
      open();
      const changed = new Map<string, Readonly<Record<string, string>>>();
      for (const record of records) {
        const name = `${model}/${record["id"]}`;
        const hashes = fields.map((field) => [field, hashOf(record[field] ?? null)] as const);
        changed.set(name, { ...own.get(name), ...Object.fromEntries(hashes) });
      }
      note(changed);
    },
    ownOf(model, record) {
      open();
      const name = `${model}/${record["id"]}`;
      const hashes = Object.entries(own.get(name) ?? {}).filter(([field]) => Object.hasOwn(record, field));
      const still = hashes.filter(([field, hashed]) => hashOf(record[field] ?? null) === hashed);
      if (still.length < hashes.length) note(new Map([[name, Object.fromEntries(still)]]));
      return still.map(([field]) => field).sort();
    },
  };
}

/** A name of letters may be one of digits alone: it is no number of Odoo's for that. */
function doubtOf(model: string, name: RecordName): string {
  return `${model}?${typeof name === "number" ? "#" : ""}${name}`;
}

function keep(
  own: Map<string, Readonly<Record<string, string>>>,
  name: string,
  hashes: Readonly<Record<string, string>>,
): void {
  if (Object.keys(hashes).length === 0) own.delete(name);
  else own.set(name, hashes);
}

/** Values are of people: only what tells them apart is kept. */
function hashOf(value: Json): string {
  return hash("sha256", JSON.stringify(value), "base64url").slice(0, 12);
}

function load(path: string | undefined, own: Map<string, Readonly<Record<string, string>>>): number {
  let text: string;
  try {
    text = path === undefined ? "" : readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
  // A last line that a crash cut off is left out: what it told was not said to be noted.
  const lines = text.split("\n").slice(0, -1);
  for (const line of lines) {
    const [name, hashes] = parse(line);
    if (typeof name === "string" && isObject(hashes))
      keep(own, name, hashes as Readonly<Record<string, string>>);
  }
  return lines.length;
}

function parse(line: string): readonly Json[] {
  try {
    const entry = JSON.parse(line) as Json;
    return Array.isArray(entry) ? entry : [];
  } catch {
    return [];
  }
}

function append(
  path: string,
  mode: "a" | "w",
  entries: ReadonlyMap<string, Readonly<Record<string, string>>>,
): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, mode, 0o600);
  try {
    writeSync(file, [...entries].map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function rewrite(path: string, own: ReadonlyMap<string, Readonly<Record<string, string>>>): void {
  append(`${path}.tmp`, "w", own);
  renameSync(`${path}.tmp`, path);
}

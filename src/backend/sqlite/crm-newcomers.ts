import type { Newcomers } from "../../store/crm-tables.ts";
import { entityNumber, kindNumber } from "../rows/crm-row.ts";
import { newcomerWrites } from "../rows/newcomers.ts";
import { crmWriter } from "./crm-write.ts";
import type { Sql } from "./sql.ts";

// Whatever fails, the transaction is undone; so no statement need keep the pages it changes to undo itself alone.
const INSERT = "INSERT OR FAIL INTO";

/** Members are a name each, with the number of a status and the folded name. */
const CUSTOMERS = `${INSERT} customer (id, name, folded, status, revision, created_at, updated_at, alive)
  SELECT ?1 + k.rowid, iif(k.key = '', NULL, substr(k.key, 2)),
    iif(instr(k.value, ':') = 0, NULL, substr(k.value, instr(k.value, ':') + 1)),
    ?2 ->> CAST(k.value AS INTEGER), 1, ?3, ?3, 1 FROM json_each(?4) k`;

/** Bits of the number that says where a record's values stand: the lower ones for how long they are. */
const LENGTH_BITS = 24;
const LONGEST = 2 ** LENGTH_BITS;

/**
 * Members are an external id each, with the place of its values, the hash of a row of a file or the time of a message, and
 * perhaps the version.
 */
const records = (from: "file" | "message", told: string, version: string): string =>
  `${INSERT} source_record (id, entity, system, external_id, customer, version, deleted, flow_version,
    ${from === "file" ? "hash, file, file_row, at" : "message, at"}, body)
  SELECT ?1 + k.rowid, ?2, ?3, k.key, ?4 + k.rowid, ${version}, 0, ?7,
    ${from === "file" ? `nullif(${told}, ''), ?5, ?6 + k.rowid, ?8` : `?6 + k.rowid, CAST(${told} AS INTEGER)`},
    CAST(substr(?9, 1 + (CAST(k.value AS INTEGER) >> ${LENGTH_BITS}), CAST(k.value AS INTEGER) & ${LONGEST - 1}) AS TEXT)
  FROM json_each(?10) k`;
const REST = "substr(k.value, instr(k.value, ' ') + 1)";
const BEFORE = `substr(${REST}, 1, instr(${REST}, ' ') - 1)`;
const AFTER = `substr(${REST}, instr(${REST}, ' ') + 1)`;
const RECORDS = {
  file: { alike: records("file", REST, "?11"), versioned: records("file", BEFORE, AFTER) },
  message: { alike: records("message", REST, "?11"), versioned: records("message", BEFORE, AFTER) },
} as const;

/** Members are a contact each, with the position of who has it. */
const CONTACTS = `${INSERT} contact_point (kind, value, customer)
  SELECT ?1, k.key, ?2 + k.value FROM json_each(?3) k`;

/**
 * Writes newcomers from their columns: one statement for a table, that takes its rows out of a JSON text. To bind a value
 * costs as much as to store it, and each has a dozen.
 */
export function insertNewcomers(
  sql: Sql,
  newcomers: Newcomers,
  ids: { readonly customer: number; readonly record: number },
  now: number,
): void {
  const texts = textsOf(newcomers);
  if (texts === null) {
    crmWriter(sql)(newcomerWrites(newcomers, ids, now));
    return;
  }
  const { system, file, flowVersion, at, rows, values } = newcomers;
  sql.run(CUSTOMERS, ids.customer, texts.statuses, now, texts.customers);
  const shared = [ids.record, entityNumber("customer"), system, ids.customer, file, rows[0] ?? 0] as const;
  const own = [flowVersion, typeof at === "number" ? at : null, values.bytes, texts.records] as const;
  const statements = RECORDS[file === null ? "message" : "file"];
  if (texts.version === undefined) sql.run(statements.versioned, ...shared, ...own);
  else sql.run(statements.alike, ...shared, ...own, texts.version);
  for (const { kind, text } of texts.contacts) sql.run(CONTACTS, kindNumber(kind), ids.customer, text);
}

interface Texts {
  readonly statuses: string;
  readonly customers: string;
  readonly records: string;
  /** That of all; undefined where each says its own. */
  readonly version: string | number | null | undefined;
  readonly contacts: readonly {
    readonly kind: Newcomers["contacts"][number]["kind"];
    readonly text: string;
  }[];
}

/** Null when they cannot be said so, which is rare. */
function textsOf(newcomers: Newcomers): Texts | null {
  const { rows, values, versions, hashes } = newcomers;
  const version = versions.every((one) => one === versions[0]) ? versions[0] : undefined;
  if (version === undefined && versions.some((one) => typeof one !== "string")) return null;
  if (newcomers.file === null ? hashes.some((hash) => hash !== null) : typeof newcomers.at !== "number")
    return null;
  if (hashes.some((hash) => hash?.includes(" "))) return null;
  if (rows.some((row, index) => row !== (rows[0] as number) + index)) return null;
  if (Array.from(values.lengths).some((length) => length >= LONGEST)) return null;
  const statuses = [...new Set(newcomers.statuses)];
  const texts: Texts = {
    statuses: JSON.stringify(statuses),
    customers: customersText(newcomers, statuses),
    records: recordsText(newcomers, version === undefined),
    version,
    contacts: newcomers.contacts.map(({ kind, values: contacts, owners }) => ({
      kind,
      text: members(contacts, (index) => String(owners[index])),
    })),
  };
  const all = [texts.statuses, texts.customers, texts.records, ...texts.contacts.map(({ text }) => text)];
  // Control characters and halves of surrogate pairs: SQLite would read some of them otherwise than they are bound.
  return all.some((text) => text.includes("\\u")) ? null : texts;
}

function customersText({ names, folded, statuses }: Newcomers, known: readonly (string | null)[]): string {
  const number = new Map(known.map((status, index) => [status, index]));
  return members(
    names.map((name) => (name === null ? "" : `:${name}`)),
    (index) => {
      const at = number.get(statuses[index] ?? null);
      const fold = folded[index] ?? null;
      return JSON.stringify(fold === null ? `${at}` : `${at}:${fold}`);
    },
  );
}

function recordsText(newcomers: Newcomers, versioned: boolean): string {
  const { externalIds, file, at, hashes, versions, values } = newcomers;
  let from = 0;
  return members(externalIds, (index) => {
    const length = values.lengths[index] as number;
    const place = from * LONGEST + length;
    from += length;
    const own = file === null ? (typeof at === "number" ? at : at[index]) : hashes[index];
    const told = `${place} ${own ?? ""}`;
    return JSON.stringify(versioned ? `${told} ${versions[index]}` : told);
  });
}

/** An object's text. A name may come more than once. */
function members(names: readonly string[], value: (index: number) => string): string {
  let text = "{";
  for (const [index, name] of names.entries())
    text += `${index === 0 ? "" : ","}${JSON.stringify(name)}:${value(index)}`;
  return `${text}}`;
}

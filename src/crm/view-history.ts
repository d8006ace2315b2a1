import { readCursor, writeCursor } from "../message/cursor.ts";
import type { Entity } from "../message/entity.ts";
import type { JsonObject } from "../message/json.ts";
import type { CrmReads, HistoryPoint } from "../store/crm-reads.ts";
import type { RecordRow } from "../store/crm-tables.ts";
import type { Origin } from "../store/origin.ts";
import type { Contact } from "./contact.ts";

/** One contact with a customer. */
export interface HistoryEntry {
  readonly entity: Exclude<Entity, "customer">;
  readonly system: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** True: it belongs to nobody yet, but came from a number or an address of this customer. */
  readonly possible: boolean;
  readonly values: JsonObject;
  readonly origin: Origin;
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** For the next page; null when this is the last. */
  readonly cursor: string | null;
}

/** More of a customer's contacts than this are not searched for what belongs to nobody. */
const CONTACTS = 20;

/** A customer's contact history, newest first. @throws TL_USAGE on a malformed cursor */
export async function historyPage(
  reads: CrmReads,
  customer: number,
  contacts: readonly Contact[],
  cursor: string | null,
  limit: number,
): Promise<HistoryPage> {
  const before = cursor === null ? null : pointOf(cursor);
  const found = new Map<number, RecordRow>();
  for (const row of await reads.history(customer, before, limit + 1)) found.set(row.id, row);
  for (const { kind, value } of contacts.slice(0, CONTACTS)) {
    for (const row of await reads.unlinked(kind, value, before, limit + 1)) found.set(row.id, row);
  }
  const sorted = [...found.values()].sort((a, b) => timeOf(b) - timeOf(a) || b.id - a.id);
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const more = sorted.length > limit && last !== undefined;
  return { entries: page.map(entryOf), cursor: more ? writeCursor([timeOf(last), last.id]) : null };
}

export function pointOf(cursor: string): HistoryPoint {
  const [at, record] = readCursor(cursor, ["number", "number"]) as [number, number];
  return { at, record };
}

export function timeOf(row: RecordRow): number {
  return row.happenedAt ?? row.origin.at;
}

export function entryOf(row: RecordRow): HistoryEntry {
  return {
    entity: row.entity as HistoryEntry["entity"],
    system: row.system,
    id: row.externalId,
    at: timeOf(row),
    possible: row.customer === null,
    values: JSON.parse(row.values) as JsonObject,
    origin: row.origin,
  };
}

import type { JsonObject } from "../message/json.ts";
import type { CrmTables, CustomerRow, LinkRow, RecordKey } from "../store/crm-tables.ts";
import { type Contact, contactsOf } from "./contact.ts";
import type { ExternalId } from "./customer-change.ts";
import { EMPTY, goldenValues } from "./golden.ts";
import type { RecordOwner, WorkingRecord } from "./working-record.ts";

/** A customer while a batch works on it. */
export interface WorkingCustomer {
  readonly id: number;
  /** The row as stored; null when it is new. */
  readonly row: CustomerRow | null;
  records: WorkingRecord[];
  golden: JsonObject;
  ids: readonly ExternalId[];
  alive: boolean;
  revision: number;
  mergedInto: number | null;
  /** What the contact index holds for it; computed before the first change. */
  readonly contactsBefore: readonly Contact[];
  dirty: boolean;
}

/** What one batch has read and is changing. Every item sees what the earlier ones did. */
export interface WorkingSet {
  readonly now: number;
  readonly records: Map<string, WorkingRecord>;
  readonly customers: Map<number, WorkingCustomer>;
  /** Records that declare a cross-reference to a key, by that key. */
  readonly declared: Map<string, Set<WorkingRecord>>;
  /** Customers by contact, for the contacts that interactions of the batch ask for; empty when none does. */
  readonly contacts: Map<string, Set<number>>;
  /** Stored cross-references to the payers that payments of the batch name, by look-up form. */
  readonly payers: Map<string, RecordOwner[]>;
  readonly ids: Ids;
  /** Cross-references that were added (true) or taken away (false), by key and record; the last word counts. */
  readonly links: Map<string, { readonly link: LinkRow; readonly added: boolean }>;
  /** Moves of records between customers, in order. */
  readonly moves: { readonly from: number; readonly to: number }[];
  /** Customers left without records, and who stands for them. */
  readonly merged: { readonly from: number; readonly to: number }[];
}

/** Ids drawn ahead, so that work on an item needs no waiting. */
export interface Ids {
  customer: number;
  customers: number;
  record: number;
  records: number;
}

/** The key of a record as one text, for maps. */
export function keyText(entity: RecordKey["entity"], system: string, externalId: string): string {
  return `${entity}\n${system}\n${externalId}`;
}

export function keyOf(key: RecordKey): string {
  return keyText(key.entity, key.system, key.externalId);
}

export function contactText(contact: Contact): string {
  return contact.kind + contact.value;
}

/** Makes sure that as many ids can be taken without waiting. */
export async function drawIds(
  ids: Ids,
  tables: CrmTables,
  customers: number,
  records: number,
): Promise<void> {
  const moreCustomers = Math.max(0, customers - ids.customers);
  const moreRecords = Math.max(0, records - ids.records);
  if (moreCustomers + moreRecords === 0) return;
  // The rest of an earlier draw is given up: a draw of another batch may lie between.
  const drawn = await tables.reserve(moreCustomers === 0 ? 0 : customers, moreRecords === 0 ? 0 : records);
  if (moreCustomers > 0) Object.assign(ids, { customer: drawn.customer, customers });
  if (moreRecords > 0) Object.assign(ids, { record: drawn.record, records });
}

export function takeRecordId(ids: Ids): number {
  if (ids.records === 0) throw new RangeError("no record id was drawn");
  ids.records -= 1;
  return ids.record++;
}

export function takeCustomerId(ids: Ids): number {
  if (ids.customers === 0) throw new RangeError("no customer id was drawn");
  ids.customers -= 1;
  return ids.customer++;
}

/** A customer that is not stored yet, with no records. */
export function addCustomer(set: WorkingSet, id: number): WorkingCustomer {
  const customer: WorkingCustomer = {
    id,
    row: null,
    records: [],
    golden: EMPTY,
    ids: [],
    alive: false,
    revision: 0,
    mergedInto: null,
    contactsBefore: [],
    dirty: true,
  };
  set.customers.set(id, customer);
  return customer;
}

/** A stored customer with its records, as they were before the batch. */
export function customerFromRow(row: CustomerRow, records: readonly WorkingRecord[]): WorkingCustomer {
  return {
    id: row.id,
    row,
    records: [...records],
    golden: goldenValues(records),
    ids: externalIdsOf(records),
    alive: row.alive,
    revision: row.revision,
    mergedInto: row.mergedInto,
    contactsBefore: contactsOfRecords(records),
    dirty: false,
  };
}

/** The records that count; the same array when all do. */
export function liveOf(records: readonly WorkingRecord[]): readonly WorkingRecord[] {
  return records.some(({ deleted }) => deleted) ? records.filter(({ deleted }) => !deleted) : records;
}

/** A customer's ids in the systems that have it; when none has it any more, those it had. */
export function externalIdsOf(records: readonly WorkingRecord[]): ExternalId[] {
  const live = liveOf(records);
  return (live.length > 0 ? live : records).map(({ system, externalId }) => ({ system, id: externalId }));
}

/** The contacts of a golden record: the union of those of its live source records, each once. */
export function contactsOfRecords(records: readonly WorkingRecord[]): Contact[] {
  const found: Contact[] = [];
  for (const record of records) {
    if (record.deleted) continue;
    for (const contact of contactsOf(record.values)) {
      if (!found.some(({ kind, value }) => value === contact.value && kind === contact.kind))
        found.push(contact);
    }
  }
  return found;
}

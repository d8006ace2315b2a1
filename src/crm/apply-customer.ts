import type { JsonObject } from "../message/json.ts";
import type { RecordKey } from "../store/crm-tables.ts";
import type { CrmItem, CrmResult, CustomerChange } from "./apply.ts";
import { customerChange, type Snapshot } from "./customer-change.ts";
import { judge, note } from "./freshness.ts";
import { goldenValues } from "./golden.ts";
import { idOf, linksOf } from "./load.ts";
import { mergeRecord } from "./merge.ts";
import { trace } from "./provenance.ts";
import { place, redeclare, regroup } from "./regroup.ts";
import { newRecord, type WorkingRecord } from "./working-record.ts";
import {
  contactsOfRecords,
  contactText,
  externalIdsOf,
  keyOf,
  keyText,
  liveOf,
  takeRecordId,
  type WorkingCustomer,
  type WorkingSet,
} from "./working-set.ts";

const NOTHING: JsonObject = {};

/** Applies one system's record of a customer, and says what became of the customer. */
export function applyCustomer(set: WorkingSet, item: CrmItem): CrmResult {
  const externalId = idOf(item);
  const text = keyText("customer", item.system, externalId);
  const known = set.records.get(text);
  const early = known === undefined ? undefined : judge(item, known);
  if (known !== undefined && early !== undefined) return { outcome: early, customer: known.customer };
  const record = item.record as JsonObject;
  if (record["op"] === "delete") {
    if (known !== undefined) return remove(set, item, known);
    addRecord(set, item, text, externalId).deleted = true;
    return { outcome: "applied", customer: null, change: null };
  }
  if (known === undefined) {
    const added = addRecord(set, item, text, externalId);
    added.values = mergeRecord(NOTHING, record);
    return settle(set, item, added, NOTHING);
  }
  note(known, item);
  const before = known.deleted ? NOTHING : known.values;
  const after = mergeRecord(before, record);
  const traced = known.deleted
    ? { origin: item.origin, changed: null }
    : trace(known, before, after, item.origin);
  if (traced === undefined) return { outcome: "unchanged", customer: known.customer };
  Object.assign(known, traced);
  if (known.fate !== "new") known.fate = "changed";
  known.deleted = false;
  known.values = after;
  return settle(set, item, known, before);
}

/**
 * A customer nobody has described yet, made because something refers to it. `also`: customers it joins, as records that
 * were linked to it before it was there.
 */
export function addStub(
  set: WorkingSet,
  item: CrmItem,
  key: RecordKey,
): { readonly stub: WorkingRecord; readonly also: readonly CustomerChange[] } {
  const text = keyOf(key);
  let stub = set.records.get(text);
  if (stub === undefined) {
    stub = newRecord(takeRecordId(set.ids), key, item.origin);
    set.records.set(text, stub);
  }
  // A tombstone of a customer that never was stays deleted; it only gets somebody to stand for it.
  if (stub.fate !== "new") stub.fate = "changed";
  const moves = set.moves.length;
  place(set, stub);
  const main = set.customers.get(stub.customer as number) as WorkingCustomer;
  const isNew = main.revision === 0;
  const change = refresh(set, main, item.system);
  const also = refreshMoved(set, moves, main, item.system);
  return { stub, also: isNew || change === null ? also : [change, ...also] };
}

/** Also when it is a deletion: a tombstone makes an older version that comes later stale. */
function addRecord(set: WorkingSet, item: CrmItem, text: string, externalId: string): WorkingRecord {
  const key = { entity: "customer", system: item.system, externalId } as const;
  const added = newRecord(takeRecordId(set.ids), key, item.origin);
  note(added, item);
  set.records.set(text, added);
  return added;
}

/** The values stay for audit and count no more. */
function remove(set: WorkingSet, item: CrmItem, record: WorkingRecord): CrmResult {
  note(record, item);
  if (record.deleted) return { outcome: "unchanged", customer: record.customer };
  record.deleted = true;
  if (record.fate !== "new") record.fate = "changed";
  return settle(set, item, record, record.values);
}

/** Groups anew if cross-references changed, and computes what is different in every customer touched. */
function settle(set: WorkingSet, item: CrmItem, record: WorkingRecord, before: JsonObject): CrmResult {
  const links = record.deleted ? [] : linksOf(record.values);
  const old = before === NOTHING ? [] : linksOf(before);
  const relinked = links.length + old.length > 0 && redeclare(set, record, old, links);
  const moves = set.moves.length;
  if (record.customer === null) place(set, record);
  else if (relinked) regroup(set, around(set, record));
  const main = set.customers.get(record.customer as number) as WorkingCustomer;
  const change = refresh(set, main, item.system);
  const also = refreshMoved(set, moves, main, item.system);
  return { outcome: "applied", customer: main.id, change, ...(also.length === 0 ? {} : { also }) };
}

/** Computes anew the other customers that records were moved from or to since so many moves; gives their changes. */
function refreshMoved(
  set: WorkingSet,
  moves: number,
  main: WorkingCustomer,
  cause: string,
): CustomerChange[] {
  const also: CustomerChange[] = [];
  if (set.moves.length === moves) return also;
  for (const id of new Set(set.moves.slice(moves).flatMap(({ from, to }) => [from, to]))) {
    const other = set.customers.get(id);
    if (other === undefined || other === main) continue;
    const changed = refresh(set, other, cause);
    if (changed !== null) also.push(changed);
  }
  return also;
}

/** Its own customer and those of every record joined to it. */
function around(set: WorkingSet, record: WorkingRecord): Set<number> {
  const touched = new Set<number>([record.customer as number]);
  for (const key of linksOf(record.values)) {
    const customer = set.records.get(keyText("customer", key.system, key.externalId))?.customer;
    if (typeof customer === "number") touched.add(customer);
  }
  return touched;
}

/** Computes the golden record again; gives the change when there is one. */
export function refresh(set: WorkingSet, customer: WorkingCustomer, cause = ""): CustomerChange | null {
  const { golden: before, alive: wasAlive } = customer;
  const first = customer.revision === 0;
  customer.dirty = true;
  const live = liveOf(customer.records);
  customer.golden = goldenValues(live);
  customer.alive = live.length > 0;
  if (set.contacts.size > 0) followContacts(set, customer);
  const snapshot: Snapshot = {
    id: customer.id,
    before,
    after: customer.golden,
    ids: externalIdsOf(customer.records),
    idsBefore: customer.ids,
    gone: !customer.alive,
    mergedInto: customer.mergedInto,
    cause,
  };
  customer.ids = snapshot.ids;
  const change = customerChange(snapshot, first || wasAlive !== customer.alive);
  if (change !== null || first) customer.revision += 1;
  return change;
}

/** Keeps the answers of the contact index right within the batch. */
function followContacts(set: WorkingSet, customer: WorkingCustomer): void {
  for (const customers of set.contacts.values()) customers.delete(customer.id);
  for (const contact of contactsOfRecords(customer.records))
    set.contacts.get(contactText(contact))?.add(customer.id);
}

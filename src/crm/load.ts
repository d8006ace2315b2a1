import { isObject, type JsonObject } from "../message/json.ts";
import type { CrmTables, RecordHead, RecordKey } from "../store/crm-tables.ts";
import type { CrmItem } from "./apply.ts";
import { type Contact, emailKey, entries, phoneKey } from "./contact.ts";
import { addPayers, namedByPayment } from "./payment-owner.ts";
import { referenceOf } from "./reference.ts";
import { recordFromHead, recordFromRow, type WorkingRecord } from "./working-record.ts";
import { contactText, customerFromRow, keyOf, keyText, type WorkingSet } from "./working-set.ts";

/** Stored heads of the given keys, by key text: one statement for each (entity, system). */
export async function loadHeads(
  tables: CrmTables,
  keys: Iterable<RecordKey>,
): Promise<Map<string, RecordHead>> {
  const groups = new Map<string, { entity: RecordKey["entity"]; system: string; ids: string[] }>();
  for (const { entity, system, externalId } of keys) {
    const name = keyText(entity, system, "");
    let group = groups.get(name);
    if (group === undefined) {
      group = { entity, system, ids: [] };
      groups.set(name, group);
    }
    group.ids.push(externalId);
  }
  const heads = new Map<string, RecordHead>();
  for (const { entity, system, ids } of groups.values()) {
    for (const head of await tables.heads(entity, system, ids)) heads.set(keyOf(head), head);
  }
  return heads;
}

/**
 * Everything the items need, in a few set-based statements: their records, the customers these belong to with all
 * their records, the records they refer or link to, and the customers who have the contacts they ask for.
 */
export async function loadSet(
  tables: CrmTables,
  items: readonly CrmItem[],
  heads: ReadonlyMap<string, RecordHead>,
  now: number,
): Promise<WorkingSet> {
  const set: WorkingSet = {
    now,
    records: new Map(),
    customers: new Map(),
    declared: new Map(),
    contacts: new Map(),
    payers: new Map(),
    ids: { customer: 0, customers: 0, record: 0, records: 0 },
    links: new Map(),
    moves: [],
    merged: [],
  };
  const wanted = new Set<number>();
  const loose: number[] = [];
  for (const item of items) {
    const head = heads.get(keyText(item.entity, item.system, idOf(item)));
    if (head === undefined) continue;
    set.records.set(keyOf(head), recordFromHead(head));
    if (item.entity === "customer" && head.customer !== null) wanted.add(head.customer);
    else loose.push(head.id);
  }
  const named = namedBy(items);
  const unread = [...named].filter(([text]) => !heads.has(text)).map(([, key]) => key);
  const read = await loadHeads(tables, unread);
  for (const text of named.keys()) {
    const head = heads.get(text) ?? read.get(text);
    if (head === undefined) continue;
    if (!set.records.has(text)) set.records.set(text, recordFromHead(head));
    // Nobody holds it: a tombstone, which a stub may have to stand on. Of an invoice it matters by whom it is held.
    if (head.customer === null || head.entity === "invoice") loose.push(head.id);
  }
  await addLinked(tables, items, set, wanted);
  if (loose.length > 0) {
    for (const row of await tables.records(loose)) set.records.set(keyOf(row), recordFromRow(row));
  }
  await addCustomers(tables, [...wanted], set);
  await addContacts(tables, items, set);
  const payments = items.filter(({ entity }) => entity === "payment");
  await addPayers(
    tables,
    payments.map(({ record }) => record as JsonObject),
    set,
  );
  return set;
}

/** The id of an item's record. */
export function idOf(item: CrmItem): string {
  return item.newcomer?.externalId ?? String((item.record as JsonObject)["id"]);
}

/** Keys of the customers' records an item's record names as cross-reference. */
export function linksOf(values: JsonObject): readonly RecordKey[] {
  const links = values["links"];
  if (links === undefined || links === null) return NO_KEYS;
  return entries(links).flatMap((link) => referenceOf(link) ?? []);
}

const NO_KEYS: readonly RecordKey[] = [];

/** The contact an interaction names, in look-up form; orders, invoices and payments name none, whatever they hold. */
export function contactOf(
  entity: CrmItem["entity"],
  values: JsonObject,
): { readonly phone: string | null; readonly email: string | null } {
  const contact = entity === "interaction" ? values["contact"] : undefined;
  if (!isObject(contact)) return { phone: null, email: null };
  const { phone, email } = contact;
  return {
    phone: (typeof phone === "string" ? phoneKey(phone) : undefined) ?? null,
    email: (typeof email === "string" ? emailKey(email) : undefined) ?? null,
  };
}

/** Records the items refer or link to, by key text. */
function namedBy(items: readonly CrmItem[]): Map<string, RecordKey> {
  const named = new Map<string, RecordKey>();
  for (const item of items) {
    const record = item.record as JsonObject;
    if (item.entity === "customer") {
      for (const key of linksOf(record)) named.set(keyOf(key), key);
    } else if (item.entity === "payment") {
      for (const key of namedByPayment(record)) named.set(keyOf(key), key);
    } else {
      const key = referenceOf(record["customer"]);
      if (key !== undefined) named.set(keyOf(key), key);
    }
  }
  return named;
}

/** Marks the customers that a link joins to an item's, in either direction. */
async function addLinked(
  tables: CrmTables,
  items: readonly CrmItem[],
  set: WorkingSet,
  wanted: Set<number>,
): Promise<void> {
  const arriving = new Map<string, string[]>();
  for (const item of items) {
    const key = arrivingKey(item);
    if (item.entity === "customer") {
      for (const link of linksOf(item.record as JsonObject)) {
        const customer = set.records.get(keyOf(link))?.customer;
        if (typeof customer === "number") wanted.add(customer);
      }
    }
    if (key === undefined || typeof set.records.get(keyOf(key))?.customer === "number") continue;
    const ids = arriving.get(key.system);
    if (ids === undefined) arriving.set(key.system, [key.externalId]);
    else ids.push(key.externalId);
  }
  for (const [system, ids] of arriving) {
    for (const { customer } of await tables.linksTo(system, ids)) {
      if (customer !== null) wanted.add(customer);
    }
  }
}

/** The customer's record an item may bring: its own, or a stub of the one it refers to. */
function arrivingKey(item: CrmItem): RecordKey | undefined {
  if (item.entity === "customer") return { entity: "customer", system: item.system, externalId: idOf(item) };
  return item.missingReference === "stub" ? referenceOf((item.record as JsonObject)["customer"]) : undefined;
}

async function addCustomers(tables: CrmTables, ids: readonly number[], set: WorkingSet): Promise<void> {
  if (ids.length === 0) return;
  const byCustomer = new Map<number, WorkingRecord[]>();
  for (const row of await tables.recordsOf(ids)) {
    const record = recordFromRow(row);
    set.records.set(keyOf(row), record);
    if (!record.deleted) declare(set, record, linksOf(record.values));
    const customer = record.customer as number;
    const others = byCustomer.get(customer);
    if (others === undefined) byCustomer.set(customer, [record]);
    else others.push(record);
  }
  // Customers joined into these before come along: a link that goes away gives them their records back.
  const joined = [...byCustomer.values()].flat().flatMap(({ born }) => born ?? []);
  for (const row of await tables.customers([...new Set([...ids, ...joined])])) {
    set.customers.set(row.id, customerFromRow(row, byCustomer.get(row.id) ?? []));
  }
}

/** Notes that a record declares these cross-references. */
export function declare(set: WorkingSet, record: WorkingRecord, keys: readonly RecordKey[]): void {
  for (const key of keys) {
    const text = keyOf(key);
    const records = set.declared.get(text);
    if (records === undefined) set.declared.set(text, new Set([record]));
    else records.add(record);
  }
}

async function addContacts(tables: CrmTables, items: readonly CrmItem[], set: WorkingSet): Promise<void> {
  const asked: Contact[] = [];
  for (const item of items) {
    if (item.entity !== "interaction") continue;
    const stored = set.records.get(keyText(item.entity, item.system, idOf(item)))?.values ?? {};
    for (const { phone, email } of [
      contactOf(item.entity, item.record as JsonObject),
      contactOf(item.entity, stored),
    ]) {
      if (phone !== null) asked.push({ kind: "phone", value: phone });
      if (email !== null) asked.push({ kind: "email", value: email });
    }
  }
  for (const contact of asked) set.contacts.set(contactText(contact), new Set());
  for (const kind of ["phone", "email"] as const) {
    const values = asked.filter((contact) => contact.kind === kind).map(({ value }) => value);
    if (values.length === 0) continue;
    for (const point of await tables.withContact(kind, [...new Set(values)])) {
      set.contacts.get(contactText(point))?.add(point.customer);
    }
  }
}

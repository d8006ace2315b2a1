import { declare, linksOf } from "./load.ts";
import type { WorkingRecord } from "./working-record.ts";
import {
  addCustomer,
  keyOf,
  keyText,
  takeCustomerId,
  type WorkingCustomer,
  type WorkingSet,
} from "./working-set.ts";

/**
 * Puts a record that nobody holds yet where its cross-references say: with the customers they name, which become one,
 * or as a customer of its own.
 */
export function place(set: WorkingSet, record: WorkingRecord): void {
  const near = neighbours(set, record);
  if (near.length === 0) {
    const customer = addCustomer(set, takeCustomerId(set.ids));
    record.customer = customer.id;
    record.born = customer.id;
    customer.records.push(record);
    return;
  }
  const touched = new Set(near.map(({ customer }) => customer as number));
  // It goes to one of them first; which one does not matter, since they are joined next.
  const first = set.customers.get(Math.min(...touched)) as WorkingCustomer;
  record.customer = first.id;
  record.born = first.id;
  first.records.push(record);
  if (touched.size > 1) regroup(set, touched);
}

/**
 * Divides the records of these customers anew by their declared cross-references, and only by them. Records that hang
 * together are one customer: the lowest of those they were first given. So joining two keeps the lower id, and
 * parting them gives the higher one its own id back.
 */
export function regroup(set: WorkingSet, touched: ReadonlySet<number>): void {
  const members = [...touched].flatMap((id) => set.customers.get(id)?.records ?? []);
  const groups = connected(set, members).sort(
    (a, b) => lowestBorn(a) - lowestBorn(b) || lowestId(a) - lowestId(b),
  );
  const taken = new Set(
    members.flatMap(({ born }) => (usedElsewhere(set, touched, born as number) ? [born as number] : [])),
  );
  for (const group of groups) {
    let id = lowestBorn(group);
    if (taken.has(id)) id = renamed(set, group, taken);
    taken.add(id);
    for (const record of group) move(set, record, id);
  }
  for (const id of touched) {
    const customer = set.customers.get(id);
    if (customer === undefined || customer.records.length > 0) continue;
    const heir = members.find(({ born }) => born === id)?.customer ?? null;
    customer.mergedInto = heir;
    if (heir !== null) set.merged.push({ from: id, to: heir });
  }
}

/** Removes and adds declared cross-references of a live record; says whether any differ. */
export function redeclare(
  set: WorkingSet,
  record: WorkingRecord,
  before: ReturnType<typeof linksOf>,
  after: ReturnType<typeof linksOf>,
): boolean {
  const old = new Map(before.map((key) => [keyOf(key), key]));
  const now = new Map(after.map((key) => [keyOf(key), key]));
  let differs = false;
  for (const [text, { system, externalId }] of old) {
    if (now.has(text)) continue;
    set.declared.get(text)?.delete(record);
    set.links.set(`${text}\n${record.id}`, { link: { system, externalId, record: record.id }, added: false });
    differs = true;
  }
  for (const [text, key] of now) {
    if (old.has(text)) continue;
    declare(set, record, [key]);
    const link = { system: key.system, externalId: key.externalId, record: record.id };
    set.links.set(`${text}\n${record.id}`, { link, added: true });
    differs = true;
  }
  return differs;
}

/** Records joined to this one by a cross-reference in either direction, and held by a customer. */
export function neighbours(set: WorkingSet, record: WorkingRecord): WorkingRecord[] {
  const near = new Set<WorkingRecord>();
  if (!record.deleted && record.values["links"] !== undefined) {
    for (const key of linksOf(record.values)) {
      const other = set.records.get(keyOf(key));
      if (other !== undefined) near.add(other);
    }
  }
  if (set.declared.size > 0) {
    const declaring = set.declared.get(keyText("customer", record.system, record.externalId));
    for (const other of declaring ?? []) near.add(other);
  }
  near.delete(record);
  return [...near].filter(({ customer }) => customer !== null);
}

/** Whether records that are not divided here have gone back to this customer already. */
function usedElsewhere(set: WorkingSet, touched: ReadonlySet<number>, id: number): boolean {
  return !touched.has(id) && set.customers.get(id)?.mergedInto === null;
}

function connected(set: WorkingSet, members: readonly WorkingRecord[]): WorkingRecord[][] {
  const left = new Set(members);
  const groups: WorkingRecord[][] = [];
  for (const seed of members) {
    if (!left.delete(seed)) continue;
    const group = [seed];
    for (const record of group) {
      for (const other of neighbours(set, record)) {
        if (left.delete(other)) group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

function lowestBorn(group: readonly WorkingRecord[]): number {
  return Math.min(...group.map(({ born }) => born as number));
}

function lowestId(group: readonly WorkingRecord[]): number {
  return Math.min(...group.map(({ id }) => id));
}

/** An id for a group whose own went to another: the next it was born with, or a new one that it is born with now. */
function renamed(set: WorkingSet, group: readonly WorkingRecord[], taken: ReadonlySet<number>): number {
  const free = group.map(({ born }) => born as number).filter((born) => !taken.has(born));
  const id = free.length > 0 ? Math.min(...free) : takeCustomerId(set.ids);
  for (const record of group) {
    if (taken.has(record.born as number)) {
      record.born = id;
      change(record);
    }
  }
  return id;
}

function move(set: WorkingSet, record: WorkingRecord, id: number): void {
  if (record.customer === id) return;
  const from = record.customer as number;
  const old = set.customers.get(from);
  if (old !== undefined) {
    old.records = old.records.filter((other) => other !== record);
    old.dirty = true;
  }
  const target = set.customers.get(id) ?? addCustomer(set, id);
  target.records.push(record);
  target.mergedInto = null;
  target.dirty = true;
  record.customer = id;
  change(record);
  set.moves.push({ from, to: id });
}

function change(record: WorkingRecord): void {
  if (record.fate !== "new") record.fate = "changed";
}

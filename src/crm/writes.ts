import type { ContactPoint, CrmWrites, CustomerRow, RecordRow } from "../store/crm-tables.ts";
import { displayName, fold } from "./display-name.ts";
import { rowFromRecord } from "./working-record.ts";
import { contactsOfRecords, contactText, type WorkingCustomer, type WorkingSet } from "./working-set.ts";

/** Everything a batch has changed, as rows. */
export function writesOf(set: WorkingSet): CrmWrites {
  const newRecords: RecordRow[] = [];
  const records: RecordRow[] = [];
  const seen: CrmWrites["seen"][number][] = [];
  for (const record of set.records.values()) {
    if (record.fate === "new") newRecords.push(rowFromRecord(record));
    else if (record.fate === "changed") records.push(rowFromRecord(record));
    else if (record.fate === "seen") seen.push({ id: record.id, version: record.version, hash: record.hash });
  }
  const newCustomers: CustomerRow[] = [];
  const customers: CustomerRow[] = [];
  const newContacts: ContactPoint[] = [];
  const oldContacts: ContactPoint[] = [];
  for (const customer of set.customers.values()) {
    if (!customer.dirty) continue;
    (customer.row === null ? newCustomers : customers).push(rowFromCustomer(customer, set.now));
    diffContacts(customer, newContacts, oldContacts);
  }
  const links = [...set.links.values()];
  return {
    ...{ newCustomers, customers, newRecords, records, seen, newContacts, oldContacts },
    newLinks: links.filter(({ added }) => added).map(({ link }) => link),
    oldLinks: links.filter(({ added }) => !added).map(({ link }) => link),
    moved: [...new Set(set.moves.map(({ from }) => from))],
    merged: set.merged,
  };
}

function rowFromCustomer(customer: WorkingCustomer, now: number): CustomerRow {
  const { id, row, golden, revision, alive, mergedInto } = customer;
  const name = displayName(golden);
  const status = golden["status"];
  return {
    id,
    name,
    folded: name === null ? null : fold(name),
    status: typeof status === "string" ? status : null,
    revision,
    createdAt: row?.createdAt ?? now,
    updatedAt: row !== null && row.revision === revision ? row.updatedAt : now,
    alive,
    mergedInto,
  };
}

function diffContacts(customer: WorkingCustomer, added: ContactPoint[], removed: ContactPoint[]): void {
  const { id, contactsBefore } = customer;
  const after = contactsOfRecords(customer.records);
  if (contactsBefore.length === 0) {
    for (const { kind, value } of after) added.push({ kind, value, customer: id });
    return;
  }
  const before = new Map(contactsBefore.map((contact) => [contactText(contact), contact]));
  for (const contact of after) {
    if (!before.delete(contactText(contact))) added.push({ ...contact, customer: id });
  }
  for (const contact of before.values()) removed.push({ ...contact, customer: id });
}

import type { JsonObject } from "../message/json.ts";
import type { CrmReads } from "../store/crm-reads.ts";
import type { CustomerRow, RecordRow } from "../store/crm-tables.ts";
import type { Origin } from "../store/origin.ts";
import { type Contact, contactsOf, emailKey, phoneKey } from "./contact.ts";
import { customerId, parseCustomerId } from "./customer-id.ts";
import { type GoldenSource, golden, provenanceByField, type ValueOrigin } from "./golden.ts";
import { unpackChanged } from "./provenance.ts";
import { type HistoryPage, historyPage } from "./view-history.ts";

/** One system's id of a customer, and the state of its record. */
export interface ExternalRecord {
  readonly system: string;
  readonly id: string;
  readonly version: string | number | null;
  readonly deleted: boolean;
  readonly origin: Origin;
}

/** Another customer that shares a number or an address; never joined by itself. */
export interface PossibleMatch {
  readonly id: string;
  readonly name: string | null;
  readonly by: readonly Contact[];
}

/** The unified view of one customer. Times are milliseconds since 1970. */
export interface CustomerView {
  readonly id: string;
  readonly name: string | null;
  readonly status: string | null;
  /** False when no system has a live record of it. */
  readonly alive: boolean;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The golden record. */
  readonly values: JsonObject;
  /** By field which system, message or file row and flow version the value came from; for a list, entry by entry. */
  readonly provenance: Readonly<Record<string, ValueOrigin | readonly ValueOrigin[]>>;
  readonly externalIds: readonly ExternalRecord[];
  readonly possibleMatches: readonly PossibleMatch[];
  /** The newest interactions, invoices, orders and payments. */
  readonly history: HistoryPage;
}

const MATCHES = 20;
const HISTORY = 20;

/** The customer `c-42`, or the one that stands for it since they were joined. @throws TL_USAGE on a malformed id */
export async function customerById(reads: CrmReads, id: string): Promise<CustomerView | undefined> {
  return await viewOf(reads, parseCustomerId(id));
}

/** The customer a system knows by this id. */
export async function byExternalId(
  reads: CrmReads,
  system: string,
  id: string,
): Promise<CustomerView | undefined> {
  const head = await reads.head({ entity: "customer", system, externalId: id });
  return head === undefined || head.customer === null ? undefined : await viewOf(reads, head.customer);
}

/** Every customer with this telephone number, oldest first; `country` (ISO 3166 alpha-2) for numbers without prefix. */
export async function byPhone(
  reads: CrmReads,
  text: string,
  country?: string,
  limit = 10,
): Promise<CustomerView[]> {
  const value = phoneKey(text, country);
  return value === undefined ? [] : await byContact(reads, { kind: "phone", value }, limit);
}

/** Every customer with this e-mail address, oldest first. */
export async function byEmail(reads: CrmReads, text: string, limit = 10): Promise<CustomerView[]> {
  const value = emailKey(text);
  return value === undefined ? [] : await byContact(reads, { kind: "email", value }, limit);
}

/** The next page of a customer's contact history. @throws TL_USAGE on a malformed id or cursor */
export async function historyOf(
  reads: CrmReads,
  id: string,
  cursor: string | null,
  limit: number,
): Promise<HistoryPage | undefined> {
  const row = await standing(reads, parseCustomerId(id));
  if (row === undefined) return undefined;
  return await historyPage(
    reads,
    row.id,
    contactsOfSources((await reads.recordsOf([row.id])).map(parsed)),
    cursor,
    limit,
  );
}

async function byContact(reads: CrmReads, { kind, value }: Contact, limit: number): Promise<CustomerView[]> {
  const views: CustomerView[] = [];
  for (const { customer } of await reads.withContact(kind, [value], limit)) {
    const view = await viewOf(reads, customer);
    if (view !== undefined) views.push(view);
  }
  return views;
}

async function viewOf(reads: CrmReads, id: number): Promise<CustomerView | undefined> {
  const row = await standing(reads, id);
  if (row === undefined) return undefined;
  const records = (await reads.recordsOf([row.id])).map(parsed);
  const contacts = contactsOfSources(records);
  const { values, provenance } = golden(records);
  const { name, status, alive, revision, createdAt, updatedAt } = row;
  return {
    id: customerId(row.id),
    ...{ name, status, alive, revision, createdAt, updatedAt, values },
    provenance: provenanceByField(provenance),
    externalIds: records.map(({ system, externalId, version, deleted, origin }) => ({
      ...{ system, id: externalId, version, deleted, origin },
    })),
    possibleMatches: await matches(reads, row.id, contacts),
    history: await historyPage(reads, row.id, contacts, null, HISTORY),
  };
}

/** The row of a customer, or of the one it was joined into. */
async function standing(reads: CrmReads, id: number): Promise<CustomerRow | undefined> {
  let [row] = await reads.customers([id]);
  while (row !== undefined && row.mergedInto !== null) [row] = await reads.customers([row.mergedInto]);
  return row;
}

type Source = Omit<RecordRow, "values" | "changed"> & GoldenSource;

function parsed(row: RecordRow): Source {
  return { ...row, values: JSON.parse(row.values) as JsonObject, changed: unpackChanged(row.changed) };
}

function contactsOfSources(sources: readonly Source[]): Contact[] {
  const all = sources.filter(({ deleted }) => !deleted).flatMap(({ values }) => contactsOf(values));
  return [...new Map(all.map((contact) => [contact.kind + contact.value, contact])).values()];
}

async function matches(reads: CrmReads, id: number, contacts: readonly Contact[]): Promise<PossibleMatch[]> {
  const shared = new Map<number, Contact[]>();
  for (const kind of ["phone", "email"] as const) {
    const values = contacts.filter((contact) => contact.kind === kind).map(({ value }) => value);
    for (const { customer, value } of await reads.withContact(kind, values, MATCHES + 1)) {
      if (customer === id) continue;
      const by = shared.get(customer);
      if (by === undefined) shared.set(customer, [{ kind, value }]);
      else by.push({ kind, value });
    }
  }
  const found = [...shared].slice(0, MATCHES);
  if (found.length === 0) return [];
  const rows = new Map((await reads.customers(found.map(([other]) => other))).map((row) => [row.id, row]));
  return found.map(([other, by]) => ({ id: customerId(other), name: rows.get(other)?.name ?? null, by }));
}

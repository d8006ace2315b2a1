import type { JsonObject } from "../message/json.ts";
import type { ContactPoint, CrmTables, CustomerRow, NewRecordRow, RecordHead } from "../store/crm-tables.ts";
import type { CrmItem, CrmResult } from "./apply.ts";
import { customerChange } from "./customer-change.ts";
import { EMPTY } from "./golden.ts";
import { declaresLinks, type Newcomer, newcomerOf, valuesOf } from "./newcomer.ts";
import { awaitedPayers } from "./payment-owner.ts";
import { keyText, takeCustomerId, takeRecordId, type WorkingSet } from "./working-set.ts";

/**
 * The newcomers among the items, by position: nothing of them is stored, nothing stored or in the batch refers to them,
 * and each comes once. Nothing but their own record has a say in what they come to, and they have none in the others.
 * @param keys the key text of each item
 * @param work positions of the items that are not known to be unchanged
 */
export async function findArrivals(
  items: readonly CrmItem[],
  keys: readonly string[],
  work: readonly number[],
  heads: ReadonlyMap<string, RecordHead>,
  tables: CrmTables,
): Promise<ReadonlyMap<number, Newcomer>> {
  const found = new Map<string, { readonly index: number; readonly newcomer: Newcomer }>();
  const seen = new Set<string>();
  for (const index of work) {
    const item = items[index] as CrmItem;
    // The history of customers refers to them, and so do cross-references.
    if (item.entity !== "customer") return NOBODY;
    const key = keys[index] as string;
    // Of somebody known it need not be worked out what the record would come to alone.
    const known = heads.has(key);
    if (known && item.newcomer === undefined) {
      if (declaresLinks(item.record as JsonObject)) return NOBODY;
      continue;
    }
    const newcomer = item.newcomer === undefined ? newcomerOf(item.record) : item.newcomer;
    if (newcomer === null && (item.record as JsonObject)["links"] !== undefined) return NOBODY;
    if (seen.has(key)) found.delete(key);
    else if (newcomer !== null && !known) found.set(key, { index, newcomer });
    seen.add(key);
  }
  const ids = new Map<string, string[]>();
  for (const { index, newcomer } of found.values()) {
    const { system } = items[index] as CrmItem;
    const others = ids.get(system);
    if (others === undefined) ids.set(system, [newcomer.externalId]);
    else others.push(newcomer.externalId);
  }
  for (const [system, externalIds] of ids) {
    const [links, payers] = await Promise.all([
      tables.linksTo(system, externalIds),
      awaitedPayers(tables, system, externalIds),
    ]);
    for (const id of [...links.map(({ externalId }) => externalId), ...payers])
      found.delete(keyText("customer", system, id));
  }
  return new Map([...found.values()].map(({ index, newcomer }) => [index, newcomer]));
}

const NOBODY: ReadonlyMap<number, Newcomer> = new Map();

/** Rows of newcomers, to be written with what else the batch changes. */
export interface Arrivals {
  readonly customers: CustomerRow[];
  readonly records: NewRecordRow[];
  readonly contacts: ContactPoint[];
}

/** Makes a customer of a newcomer. Both ids must have been drawn. */
export function arrive(set: WorkingSet, item: CrmItem, newcomer: Newcomer, rows: Arrivals): CrmResult {
  const { externalId, values, name, folded, status } = newcomer;
  const record = takeRecordId(set.ids);
  const id = takeCustomerId(set.ids);
  const { now } = set;
  rows.records.push({
    id: record,
    entity: "customer",
    system: item.system,
    externalId,
    customer: id,
    version: item.version,
    hash: item.hash,
    deleted: false,
    values,
    origin: item.origin,
    changed: null,
    born: null,
    holder: null,
    phone: null,
    email: null,
    happenedAt: null,
  });
  rows.customers.push({
    ...{ id, name, folded, status, revision: 1, createdAt: now, updatedAt: now, alive: true },
    mergedInto: null,
  });
  for (const { kind, value } of newcomer.contacts) rows.contacts.push({ kind, value, customer: id });
  return arrived(item.system, newcomer, id);
}

/** What a newcomer's item came to. Most changes are never looked at. */
export function arrived(system: string, newcomer: Newcomer, id: number): CrmResult {
  return {
    outcome: "applied",
    customer: id,
    get change() {
      const snapshot = {
        ...{ id, before: EMPTY, idsBefore: [], gone: false, mergedInto: null, cause: system },
        get after() {
          return valuesOf(newcomer);
        },
        ids: [{ system, id: newcomer.externalId }],
      };
      return customerChange(snapshot, true);
    },
  };
}

import type { JsonObject } from "../message/json.ts";
import type { CrmTables, CrmWrites, RecordHead } from "../store/crm-tables.ts";
import type { CrmItem, CrmResult } from "./apply.ts";
import { applyCustomer } from "./apply-customer.ts";
import { applyHistory } from "./apply-history.ts";
import { type Arrivals, arrive, findArrivals } from "./arrivals.ts";
import { arriveTogether } from "./arrive-together.ts";
import { assignPayments } from "./assign-payments.ts";
import { sameHash } from "./freshness.ts";
import { idOf, loadHeads, loadSet } from "./load.ts";
import { drawIds, keyText, type WorkingSet } from "./working-set.ts";
import { writesOf } from "./writes.ts";

/**
 * Applies canonical records to the customer repository, inside the caller's store transaction. Reads all it needs in
 * a few statements, works in memory in the order given, so that each item sees the earlier ones, and writes at the end.
 *
 * @param now Milliseconds since 1970, for when customers were made and changed
 * @returns what became of each item, in the order of the items. An item with a failure has written nothing
 */
export async function applyToCrm(
  items: readonly CrmItem[],
  tables: CrmTables,
  now: number,
): Promise<CrmResult[]> {
  if (items.length === 0) return [];
  await tables.alone();
  const keys = items.map((item) => keyText(item.entity, item.system, idOf(item)));
  const heads = await loadHeads(
    tables,
    items.map((item) => ({ entity: item.entity, system: item.system, externalId: idOf(item) })),
  );
  const busy = busyKeys(items, keys, heads);
  const results: CrmResult[] = new Array(items.length);
  const work: number[] = [];
  for (let index = 0; index < items.length; index++) {
    const key = keys[index] as string;
    if (busy.has(key)) work.push(index);
    else results[index] = { outcome: "unchanged", customer: heads.get(key)?.customer ?? null };
  }
  if (work.length === 0) return results;
  const newcomers = await findArrivals(items, keys, work, heads, tables);
  if (newcomers.size === work.length) {
    const arriving = work.map((index) => items[index] as CrmItem);
    const ends = await arriveTogether(arriving, [...newcomers.values()], tables, now);
    for (const [at, index] of work.entries()) if (ends !== null) results[index] = ends[at] as CrmResult;
    if (ends !== null) return results;
  }
  const arrivals: Arrivals = { customers: [], records: [], contacts: [] };
  const others = work.filter((index) => !newcomers.has(index)).map((index) => items[index] as CrmItem);
  const set = await loadSet(tables, others, heads, now);
  await drawAhead(
    set,
    tables,
    work.map((index) => keys[index] as string),
  );
  for (const index of work) {
    const item = items[index] as CrmItem;
    const key = keys[index] as string;
    const newcomer = newcomers.get(index);
    if (newcomer !== undefined) {
      if (set.ids.customers < 1 || set.ids.records < 1) await drawIds(set.ids, tables, 1, 1);
      results[index] = arrive(set, item, newcomer, arrivals);
      continue;
    }
    const customers = customersNeeded(set, item, key);
    const records = recordsNeeded(set, item, key);
    if (set.ids.customers < customers || set.ids.records < records)
      await drawIds(set.ids, tables, customers, records);
    results[index] =
      item.entity === "customer" ? applyCustomer(set, item) : applyHistory(set, item, item.entity);
  }
  await assignPayments(set, items, results, tables);
  await tables.write(withArrivals(writesOf(set), arrivals));
  return results;
}

function withArrivals(writes: CrmWrites, { customers, records, contacts }: Arrivals): CrmWrites {
  return {
    ...writes,
    newCustomers: [...writes.newCustomers, ...customers],
    newRecords: [...writes.newRecords, ...records],
    newContacts: [...writes.newContacts, ...contacts],
  };
}

/** Keys with at least one item that is not, by its hash, what was applied last. Of the others nothing more is read. */
function busyKeys(
  items: readonly CrmItem[],
  keys: readonly string[],
  heads: ReadonlyMap<string, RecordHead>,
): Set<string> {
  const busy = new Set<string>();
  for (let index = 0; index < items.length; index++) {
    const key = keys[index] as string;
    const head = heads.get(key);
    if (head === undefined || !sameHash((items[index] as CrmItem).hash, head.hash)) busy.add(key);
  }
  return busy;
}

/** Ids for the records that are new, in one draw. */
async function drawAhead(set: WorkingSet, tables: CrmTables, keys: readonly string[]): Promise<void> {
  const added = new Set(keys.filter((key) => !set.records.has(key)));
  let customers = 0;
  for (const key of added) if (key.startsWith("customer\n")) customers += 1;
  await drawIds(set.ids, tables, customers, added.size);
}

/** How many customers one item can make at most: itself or a stub, or one for each record it parts. */
function customersNeeded(set: WorkingSet, item: CrmItem, key: string): number {
  const known = set.records.get(key);
  if (item.entity !== "customer") return item.missingReference === "stub" ? 1 : 0;
  if (known === undefined || known.customer === null) return 1;
  const linked = known.values["links"] !== undefined || (item.record as JsonObject)["links"] !== undefined;
  return linked ? (set.customers.get(known.customer)?.records.length ?? 0) : 0;
}

/** How many records one item can add at most: itself and a stub. */
function recordsNeeded(set: WorkingSet, item: CrmItem, key: string): number {
  const stub = item.entity !== "customer" && item.missingReference === "stub" ? 1 : 0;
  return stub + (set.records.has(key) ? 0 : 1);
}

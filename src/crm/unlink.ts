import { isObject, type Json, type JsonObject } from "../message/json.ts";
import type { CrmTables, RecordKey } from "../store/crm-tables.ts";
import type { CrmItem, CustomerChange } from "./apply.ts";
import { refresh } from "./apply-customer.ts";
import { linksOf, loadHeads, loadSet } from "./load.ts";
import { redeclare, regroup } from "./regroup.ts";
import type { WorkingRecord } from "./working-record.ts";
import { drawIds, keyOf, type WorkingSet } from "./working-set.ts";
import { writesOf } from "./writes.ts";

/**
 * Takes one system's record out of the customer it was joined to: its cross-references, and those that name it, are
 * forgotten. It goes back to the customer it was before, or becomes a new one. Holds until a system declares the
 * cross-reference anew. Runs inside the caller's store transaction.
 *
 * @returns the customers that changed, to be published; none when the record is not there or stands alone
 */
export async function unlink(
  tables: CrmTables,
  system: string,
  externalId: string,
  now: number,
): Promise<readonly CustomerChange[]> {
  const key: RecordKey = { entity: "customer", system, externalId };
  const heads = await loadHeads(tables, [key]);
  const set = await loadSet(tables, [questionFor(key, now)], heads, now);
  const record = set.records.get(keyOf(key));
  const customer =
    record === undefined || record.customer === null ? undefined : set.customers.get(record.customer);
  if (record === undefined || customer === undefined || customer.records.length < 2) return [];
  for (const other of [...(set.declared.get(keyOf(key)) ?? [])]) drop(set, other, key);
  drop(set, record, undefined);
  await drawIds(set.ids, tables, customer.records.length, 0);
  regroup(set, new Set([customer.id]));
  const touched = new Set(set.moves.flatMap(({ from, to }) => [from, to]));
  const changes: CustomerChange[] = [];
  for (const id of touched) {
    const moved = set.customers.get(id);
    const change = moved === undefined ? null : refresh(set, moved);
    if (change !== null) changes.push(change);
  }
  await tables.write(writesOf(set));
  return changes;
}

/** Takes away the cross-references of a record to `target`, or all of them. */
function drop(set: WorkingSet, record: WorkingRecord, target: RecordKey | undefined): void {
  const before = linksOf(record.values);
  const kept = ((record.values["links"] ?? []) as readonly Json[]).filter(
    (link) =>
      target !== undefined &&
      isObject(link) &&
      (link["system"] !== target.system || link["id"] !== target.externalId),
  );
  const { links: _, ...rest } = record.values;
  const values: JsonObject = kept.length === 0 ? rest : { ...rest, links: kept };
  record.values = values;
  record.fate = "changed";
  redeclare(set, record, before, linksOf(values));
}

/** Asks for what an item of this record would need. */
function questionFor({ entity, system, externalId }: RecordKey, now: number): CrmItem {
  return {
    ...{ entity, system, record: { id: externalId }, version: null, hash: null, allowStale: false },
    origin: { message: null, file: null, row: null, flowVersion: 0, at: now },
    missingReference: "fail",
  };
}

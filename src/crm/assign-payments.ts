import type { JsonObject } from "../message/json.ts";
import type { CrmTables } from "../store/crm-tables.ts";
import type { CrmItem, CrmResult, CustomerChange } from "./apply.ts";
import { historyChange } from "./history-change.ts";
import { idOf } from "./load.ts";
import { addPayers, nameOf, ownerOfPayment, paymentKeys } from "./payment-owner.ts";
import { customerOf, recordFromRow, type WorkingRecord } from "./working-record.ts";
import { keyOf, keyText, type WorkingSet } from "./working-set.ts";

/** What a batch brought that payments may have waited for, by look-up form, with the position of the item. */
interface Brought {
  readonly invoices: ReadonlyMap<string, number>;
  readonly payers: ReadonlyMap<string, number>;
}

/**
 * Gives payments that belong to nobody to the customer of an invoice, or a cross-reference, that this batch brought. It is
 * told with the item that brought it.
 */
export async function assignPayments(
  set: WorkingSet,
  items: readonly CrmItem[],
  results: readonly CrmResult[],
  tables: CrmTables,
): Promise<void> {
  const { invoices, payers } = broughtBy(set, items, results);
  if (invoices.size + payers.size === 0) return;
  const waiting = [...set.records.values()].filter(isWaiting);
  for (const [column, names] of [
    ["email", invoices],
    ["phone", payers],
  ] as const) {
    if (names.size === 0) continue;
    for (const row of await tables.unassigned(column, [...names.keys()])) {
      if (set.records.has(keyOf(row))) continue;
      const record = recordFromRow(row);
      set.records.set(keyOf(row), record);
      waiting.push(record);
    }
  }
  await addPayers(
    tables,
    waiting.map(({ values }) => values),
    set,
  );
  for (const record of waiting) {
    const { invoice, payer } = paymentKeys(record.values);
    const by = invoices.get(invoice ?? "") ?? payers.get(payer ?? "");
    const result = by === undefined ? undefined : results[by];
    const owner = ownerOfPayment(set, record.values);
    if (result === undefined || !("outcome" in result) || result.outcome !== "applied") continue;
    if (owner.customer === null) continue;
    Object.assign(record, owner);
    if (record.fate !== "new") record.fate = "changed";
    const change: CustomerChange = historyChange(record, (items[by as number] as CrmItem).system, [
      "customer",
    ]);
    result.also = [...(result.also ?? []), change];
  }
}

function isWaiting(record: WorkingRecord): boolean {
  return record.entity === "payment" && !record.deleted && customerOf(record) === null;
}

/** Of customers only records and cross-references that are new: what was there already has its payments. */
function broughtBy(set: WorkingSet, items: readonly CrmItem[], results: readonly CrmResult[]): Brought {
  const [invoices, payers] = [new Map<string, number>(), new Map<string, number>()];
  for (const [index, item] of items.entries()) {
    const result = results[index];
    if (result === undefined || !("outcome" in result) || result.outcome !== "applied") continue;
    const name = nameOf({ system: item.system, externalId: idOf(item) });
    if (item.entity === "invoice") invoices.set(name, index);
    else if (item.entity === "customer") {
      if (set.records.get(keyText("customer", item.system, idOf(item)))?.fate === "new")
        payers.set(name, index);
      for (const { link, added } of linksAdded(set, item)) if (added) payers.set(nameOf(link), index);
    }
  }
  return { invoices, payers };
}

function linksAdded(set: WorkingSet, item: CrmItem) {
  if ((item.record as JsonObject)["links"] === undefined) return [];
  const record = set.records.get(keyText("customer", item.system, idOf(item)));
  return [...set.links.values()].filter(({ link }) => link.record === record?.id);
}

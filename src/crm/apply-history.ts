import type { JsonObject } from "../message/json.ts";
import type { CrmItem, CrmResult, CustomerChange } from "./apply.ts";
import { addStub } from "./apply-customer.ts";
import { judge, note } from "./freshness.ts";
import { changedFields } from "./golden.ts";
import { type HistoryEntity, historyChange } from "./history-change.ts";
import { contactOf, idOf } from "./load.ts";
import { mergeRecord } from "./merge.ts";
import { ownerOfPayment, paymentKeys } from "./payment-owner.ts";
import { trace } from "./provenance.ts";
import { referenceOf } from "./reference.ts";
import { customerOf, newRecord, ownedBy, type RecordOwner, type WorkingRecord } from "./working-record.ts";
import { contactText, keyOf, keyText, takeRecordId, type WorkingSet } from "./working-set.ts";

const NOTHING: JsonObject = {};
/** The field that says when it happened. */
const WHEN = { interaction: "at", invoice: "issuedOn", order: "placedOn", payment: "bookedOn" } as const;

/** Applies one system's record of an interaction, invoice, order or payment, and finds the customer it belongs to. */
export function applyHistory(set: WorkingSet, item: CrmItem, entity: HistoryEntity): CrmResult {
  const externalId = idOf(item);
  const text = keyText(entity, item.system, externalId);
  const known = set.records.get(text);
  const early = known === undefined ? undefined : judge(item, known);
  if (known !== undefined && early !== undefined) return { outcome: early, customer: customerOf(known) };
  const record = item.record as JsonObject;
  const before = known === undefined || known.deleted ? NOTHING : known.values;
  const gone = record["op"] === "delete";
  const after = gone ? before : mergeRecord(before, record);
  const owner = gone ? undefined : findOwner(set, item, known, before, after);
  if (owner === "missing") return missing(entity);
  const { also = [], ...place } = owner ?? {};
  const target =
    known ?? newRecord(takeRecordId(set.ids), { entity, system: item.system, externalId }, item.origin);
  if (known === undefined) set.records.set(text, target);
  note(target, item);
  if (gone) return remove(target, known === undefined, item);
  const traced =
    before === NOTHING ? { origin: item.origin, changed: null } : trace(target, before, after, item.origin);
  if (traced === undefined) return { outcome: "unchanged", customer: customerOf(target) };
  Object.assign(target, traced, place, lookUpsOf(entity, after), { deleted: false, values: after });
  target.happenedAt = happenedAt(after, entity) ?? item.origin.at;
  if (target.fate !== "new") target.fate = "changed";
  const result = applied(target, item, changedFields(before, after));
  return also.length === 0 ? result : { ...result, also };
}

type Owner = RecordOwner & {
  /** Customers that a stub made for it has joined. */
  readonly also?: readonly CustomerChange[];
};

/** By what the record is found while nobody is known for it. */
function lookUpsOf(entity: HistoryEntity, values: JsonObject): Pick<WorkingRecord, "phone" | "email"> {
  if (entity !== "payment") return contactOf(entity, values);
  const { payer, invoice } = paymentKeys(values);
  return { phone: payer, email: invoice };
}

/** The customer by reference, else by contact; undefined leaves what is stored; "missing": the reference leads nowhere. */
function findOwner(
  set: WorkingSet,
  item: CrmItem,
  known: WorkingRecord | undefined,
  before: JsonObject,
  after: JsonObject,
): Owner | "missing" | undefined {
  if (item.entity === "payment") {
    const same = sameKeys(before, after);
    return known !== undefined && same && customerOf(known) !== null ? undefined : ownerOfPayment(set, after);
  }
  const key = referenceOf(after["customer"]);
  if (key !== undefined) {
    const told = referenceOf((item.record as JsonObject)["customer"]);
    // Only a reference that came with this item was looked up; an earlier one still holds.
    if (told === undefined && known !== undefined) return undefined;
    const found = set.records.get(keyOf(key));
    if (found !== undefined && found.customer !== null) return ownedBy(found);
    if (item.missingReference !== "stub") return "missing";
    const { stub, also } = addStub(set, item, key);
    return { ...ownedBy(stub), also };
  }
  const contact = contactOf(item.entity, after);
  const earlier = contactOf(item.entity, before);
  const same = contact.phone === earlier.phone && contact.email === earlier.email;
  if (known !== undefined && before !== NOTHING && same && referenceOf(before["customer"]) === undefined)
    return undefined;
  return { customer: onlyCustomerWith(set, contact), holder: null, holderId: null };
}

/** The one customer whose golden record has the number or the address; null when there are none or several. */
function onlyCustomerWith(set: WorkingSet, { phone, email }: ReturnType<typeof contactOf>): number | null {
  const found = new Set<number>();
  for (const [kind, value] of [
    ["phone", phone],
    ["email", email],
  ] as const) {
    if (value === null) continue;
    for (const customer of set.contacts.get(contactText({ kind, value })) ?? []) found.add(customer);
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

/** A tombstone, kept also for a record never seen, so that an older version that comes later is stale. */
function remove(target: WorkingRecord, added: boolean, item: CrmItem): CrmResult {
  const was = target.deleted;
  if (was) return { outcome: "unchanged", customer: customerOf(target) };
  target.deleted = true;
  if (added) return { outcome: "applied", customer: null, change: null };
  if (target.fate !== "new") target.fate = "changed";
  return applied(target, item, changedFields(target.values, NOTHING));
}

function applied(
  target: WorkingRecord,
  item: CrmItem,
  fields: readonly string[],
): Extract<CrmResult, { readonly outcome: "applied" }> {
  return {
    outcome: "applied",
    customer: customerOf(target),
    change: historyChange(target, item.system, fields),
  };
}

function sameKeys(before: JsonObject, after: JsonObject): boolean {
  const [was, is] = [paymentKeys(before), paymentKeys(after)];
  return was.payer === is.payer && was.invoice === is.invoice;
}

function happenedAt(values: JsonObject, entity: HistoryEntity): number | undefined {
  const text = values[WHEN[entity]];
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function missing(entity: HistoryEntity): CrmResult {
  return {
    failure: {
      code: "TL_REFERENCE_MISSING",
      message: `the ${entity} refers to a customer the hub does not know`,
      place: { field: "/customer" },
    },
  };
}

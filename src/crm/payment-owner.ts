import type { Json, JsonObject } from "../message/json.ts";
import type { CrmTables, RecordKey } from "../store/crm-tables.ts";
import { referenceOf } from "./reference.ts";
import { customerOf, ownedBy, type RecordOwner, type WorkingRecord } from "./working-record.ts";
import { keyOf, type WorkingSet } from "./working-set.ts";

const NOBODY: RecordOwner = { customer: null, holder: null, holderId: null };

/** By what the customer of a payment is found: texts that no contact looks like; null where the payment names none. */
export interface PaymentKeys {
  readonly payer: string | null;
  readonly invoice: string | null;
}

export function paymentKeys(values: JsonObject): PaymentKeys {
  return { payer: nameIn(values["payer"]), invoice: nameIn(values["invoice"]) };
}

/** The look-up form of a reference. */
export function nameOf({ system, externalId }: Pick<RecordKey, "system" | "externalId">): string {
  return `${system}\n${externalId}`;
}

function nameIn(reference: Json | undefined): string | null {
  const key = referenceOf(reference);
  return key === undefined ? null : nameOf(key);
}

/** The records that a payment names, those of customers last. */
export function namedByPayment(values: JsonObject): readonly RecordKey[] {
  return [referenceOf(values["invoice"], "invoice"), referenceOf(values["payer"])].flatMap(
    (key) => key ?? [],
  );
}

/**
 * Whose a payment is: the customer of the invoice that it names, else the one whom a system knows as its payer, by a record
 * of its own or a cross-reference (`links`) of another. Where several customers claim the payer it is nobody's.
 */
export function ownerOfPayment(set: WorkingSet, values: JsonObject): RecordOwner {
  for (const key of namedByPayment(values)) {
    const record = set.records.get(keyOf(key));
    if (record !== undefined && !record.deleted && customerOf(record) !== null)
      return key.entity === "customer" ? ownedBy(record) : ownerOf(record);
    if (key.entity === "customer") return onlyOneWhoClaims(set, key);
  }
  return NOBODY;
}

/** A payment follows the customer's record that its invoice follows. */
function ownerOf({ customer, holder, holderId }: WorkingRecord): RecordOwner {
  return { customer, holder, holderId: holder?.id ?? holderId };
}

function onlyOneWhoClaims(set: WorkingSet, key: RecordKey): RecordOwner {
  const claims: RecordOwner[] = [...(set.declared.get(keyOf(key)) ?? [])].map(ownedBy);
  const loaded = new Set(claims.map(({ holderId }) => holderId));
  const stored = (set.payers.get(nameOf(key)) ?? []).filter(({ holderId }) => !loaded.has(holderId));
  const known = [...claims, ...stored].filter(({ customer }) => customer !== null);
  const [first] = known;
  return first !== undefined && known.every(({ customer }) => customer === first.customer) ? first : NOBODY;
}

/** Notes who claims the payers that these payments name. */
export async function addPayers(
  tables: CrmTables,
  payments: readonly JsonObject[],
  set: WorkingSet,
): Promise<void> {
  const asked = new Map<string, string[]>();
  for (const { entity, system, externalId } of payments.flatMap(namedByPayment)) {
    if (entity !== "customer") continue;
    const ids = asked.get(system);
    if (ids === undefined) asked.set(system, [externalId]);
    else ids.push(externalId);
  }
  for (const [system, ids] of asked) {
    for (const id of ids) set.payers.set(nameOf({ system, externalId: id }), []);
    for (const { externalId, record, customer } of await tables.linksTo(system, ids))
      set.payers.get(nameOf({ system, externalId }))?.push({ customer, holder: null, holderId: record });
  }
}

/**
 * Of ids that one system gives its customers, those of payers whose payments belong to nobody. Who comes with such an id
 * brings more than the own record: the payments become theirs.
 */
export async function awaitedPayers(
  tables: CrmTables,
  system: string,
  externalIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const names = externalIds.map((externalId) => nameOf({ system, externalId }));
  const waiting = await tables.unassigned("phone", names);
  return new Set(waiting.flatMap(({ phone }) => (phone === null ? [] : [phone.slice(system.length + 1)])));
}

import type { JsonObject } from "../message/json.ts";
import type { CrmTables, CrossReference, RecordRow } from "../store/crm-tables.ts";
import { customerContent } from "./customer-change.ts";
import { customerId, parseCustomerId } from "./customer-id.ts";
import { type GoldenSource, goldenValues } from "./golden.ts";
import { unpackChanged } from "./provenance.ts";

/** The name under which the hub's own customer ids are asked for and given. */
const HUB = "crm";
/** UTF-16 units of JSON text that the records of one customer may have together. */
const LARGEST = 64 * 1024;

/** A customer, by an id that a system gave or by the hub's own. */
export interface KnownAs {
  readonly system: string;
  readonly id: string;
}

/** What of the customers a batch asks for; each list in the order of its questions, undefined where nobody is known. */
export interface Found {
  /** Ids in the systems asked for. */
  readonly ids: readonly (string | undefined)[];
  /** Golden records, as the topic `customer.changed` has them; "large": larger than 64 Ki characters. */
  readonly customers: readonly (JsonObject | "large" | undefined)[];
}

/**
 * Answers the look-ups of a batch with what is committed: one statement for all cross-references, one more for golden
 * records. An id is known from the first record that bears it, also after that record was deleted; ids are given of live
 * records only, and the oldest where a customer has several in one system.
 */
export async function lookUp(
  tables: Pick<CrmTables, "crossReference" | "recordsOf">,
  ids: readonly (KnownAs & { readonly to: string })[],
  customers: readonly KnownAs[],
): Promise<Found> {
  const asked = [
    ...ids.map(({ to, ...known }) => question(known, to)),
    ...customers.map((known) => question(known, HUB)),
  ];
  const found = new Map((await tables.crossReference(asked)).map((row) => [row.at, row]));
  const numbers = customers.map((_, at) => found.get(ids.length + at)?.customer);
  const golden = await goldenRecords(tables, [...new Set(numbers.filter((number) => number !== undefined))]);
  return {
    ids: ids.map(({ to }, at) => {
      const row = found.get(at);
      return row === undefined ? undefined : to === HUB ? customerId(row.customer) : (row.id ?? undefined);
    }),
    customers: numbers.map((number) => (number === undefined ? undefined : golden.get(number))),
  };
}

function question({ system, id }: KnownAs, to: string): CrossReference {
  const of = system === HUB ? parseCustomerId(id) : { system, externalId: id };
  return { of, target: to === HUB ? null : to };
}

async function goldenRecords(
  tables: Pick<CrmTables, "recordsOf">,
  customers: readonly number[],
): Promise<ReadonlyMap<number, JsonObject | "large">> {
  const rows = new Map<number, RecordRow[]>(customers.map((customer) => [customer, []]));
  if (customers.length > 0) {
    for (const row of await tables.recordsOf(customers)) rows.get(row.customer ?? 0)?.push(row);
  }
  return new Map([...rows].map(([customer, own]) => [customer, goldenRecord(customer, own)]));
}

function goldenRecord(customer: number, rows: readonly RecordRow[]): JsonObject | "large" {
  const live = rows.filter(({ deleted }) => !deleted);
  if (live.reduce((sum, { values }) => sum + values.length, 0) > LARGEST) return "large";
  const sources = live.map((row): GoldenSource => {
    const values = JSON.parse(row.values) as JsonObject;
    return { ...row, values, changed: unpackChanged(row.changed) };
  });
  // As they are published: of a customer who is gone, the ids that stood last.
  const ids = (live.length > 0 ? live : rows).map(({ system, externalId }) => ({ system, id: externalId }));
  return {
    ...customerContent(customer, ids, goldenValues(sources)),
    ...(live.length === 0 ? { deleted: true } : {}),
  };
}

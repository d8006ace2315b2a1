import { isObject, type Json } from "tieline/connector";
import { externalIds } from "./external-ids.ts";
import type { Odoo } from "./rpc.ts";

/** A record that a value names: by its external id (`id`), by Odoo's number (`.id`), or by one of its fields. */
export interface Reference {
  readonly model: string;
  readonly by: string;
  readonly value: string;
}

/** Numbers of the records that bear the value: none, one, or several where a field is not unique. */
export type Found = (reference: Reference) => readonly number[];

/**
 * Finds what many messages refer to, by one question for each model and way to name. Archived records are found by their
 * ids, and not by what they are called: nobody is to use them any more.
 * @param module of external ids that name none
 * @throws OdooFailure
 */
export async function findRecords(
  odoo: Odoo,
  module: string,
  references: readonly Reference[],
): Promise<Found> {
  const asked = new Map<string, Reference[]>();
  for (const one of references) {
    const same = asked.get(kindOf(one));
    if (same === undefined) asked.set(kindOf(one), [one]);
    else same.push(one);
  }
  const found = new Map<string, ReadonlyMap<string, readonly number[]>>();
  for (const [kind, same] of asked) found.set(kind, await findAlike(odoo, module, same));
  return (one) => found.get(kindOf(one))?.get(one.value) ?? [];
}

function kindOf({ model, by }: Reference): string {
  return `${model} ${by}`;
}

/** @param alike of one model and way to name */
async function findAlike(
  odoo: Odoo,
  module: string,
  alike: readonly Reference[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { model, by } = alike[0] as Reference;
  const values = [...new Set(alike.map(({ value }) => value))];
  if (by === "id") return await byExternalId(odoo, model, module, values);
  const field = by === ".id" ? "id" : by;
  const wanted: Json[] = by === ".id" ? values.map(Number).filter(Number.isSafeInteger) : values;
  const context = by === ".id" ? { active_test: false } : {};
  const kwargs = { domain: [[field, "in", wanted]], fields: [field], order: "id", context };
  const answer = await odoo.call(model, "search_read", [], { kwargs });
  const found = new Map<string, number[]>();
  for (const row of Array.isArray(answer) ? answer.filter(isObject) : []) {
    const value = String(row[field]);
    found.set(value, [...(found.get(value) ?? []), Number(row["id"])]);
  }
  return found;
}

async function byExternalId(
  odoo: Odoo,
  model: string,
  module: string,
  values: readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const parts = values.map((value) => {
    const dot = value.indexOf(".");
    return dot < 0
      ? { value, of: module, name: value }
      : { value, of: value.slice(0, dot), name: value.slice(dot + 1) };
  });
  const found = new Map<string, readonly number[]>();
  for (const of of new Set(parts.map((part) => part.of))) {
    const own = parts.filter((part) => part.of === of);
    const ids = await externalIds(odoo, model, of).recordsOf(own.map(({ name }) => name));
    for (const { value, name } of own) {
      const id = ids.get(name);
      if (id !== undefined) found.set(value, [id]);
    }
  }
  return found;
}

import { isObject, type Json, type JsonObject } from "tieline/connector";
import { OdooFailure } from "./failure.ts";
import type { Odoo } from "./rpc.ts";

export interface Loaded {
  /** Of the records, in their order; null: nothing was written. */
  readonly ids: readonly number[] | null;
  /** What Odoo said of records, by their index. */
  readonly refused: ReadonlyMap<number, OdooFailure>;
}

/** `load` tells of a failure of its database as if it were one of the row, in PostgreSQL's words. */
const BUSY = /could not serialize access|deadlock detected|could not obtain lock|canceling statement/;

/**
 * Writes records by Odoo's import: all of them or none.
 * @param records the rows of each: one, and one more for each further line of it, in which only the line's columns are filled
 * @throws OdooFailure
 */
export async function load(
  odoo: Odoo,
  model: string,
  module: string,
  columns: readonly string[],
  records: readonly (readonly (readonly string[])[])[],
): Promise<Loaded> {
  // Moments are in UTC, names as they are written, and what is archived is there.
  const context = { tz: "UTC", lang: null, active_test: false, module };
  const matrix = records.flatMap((rows) => rows.map((row) => [...row]));
  const answer = await odoo.call(model, "load", [[...columns], matrix], {
    kwargs: { context },
    writes: true,
  });
  const { ids, messages } = isObject(answer) ? answer : {};
  if (Array.isArray(ids) && ids.length === records.length)
    return { ids: ids.map(Number), refused: new Map() };
  const errors = (Array.isArray(messages) ? messages : [])
    .filter(isObject)
    .filter(({ type }) => type === "error");
  const refused = new Map<number, OdooFailure>();
  for (const error of errors) {
    const { record } = error;
    if (typeof record === "number" && !refused.has(record)) refused.set(record, failureOf(error));
  }
  // What is no matter of a row is one of all of them.
  const other = [...refused.values()].find(({ fault }) => fault !== "data");
  if (other !== undefined) throw other;
  return { ids: null, refused };
}

/** Odoo's words quote the value: the field alone is told. */
function failureOf({ field, message }: JsonObject): OdooFailure {
  if (typeof message === "string" && BUSY.test(message))
    return new OdooFailure("busy", "Odoo's database was busy with the record");
  if (typeof message === "string" && message.includes("odoo.exceptions.AccessError"))
    return new OdooFailure("access", "the hub's user may not write this model");
  const name = nameOf(field);
  const what = name === undefined ? "Odoo refused the record" : "Odoo refused the value of a field";
  return new OdooFailure("data", what, {
    ...(name === undefined ? {} : { field: name }),
    ...(typeof message === "string" ? { said: message } : {}),
  });
}

function nameOf(field: Json | undefined): string | undefined {
  return typeof field === "string" && /^[\w./]{1,100}$/.test(field) ? field : undefined;
}

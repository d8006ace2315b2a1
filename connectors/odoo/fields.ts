import { isObject, type Json } from "tieline/connector";
import { OdooFailure } from "./failure.ts";
import type { Odoo } from "./rpc.ts";

/** What a model says of one of its fields. */
export interface Field {
  /** char, boolean, many2one … */
  readonly type: string;
  /** Decimal places; undefined: as many as there are. */
  readonly places: number | undefined;
  /** The model it refers to; "" where it is no reference. */
  readonly relation: string;
}

export type Fields = ReadonlyMap<string, Field>;

/**
 * Asks a model for its fields. One that is not there, since its module is not installed, is a matter of the settings: Odoo
 * itself says so with the same class of error as it refuses a value.
 * @throws OdooFailure
 */
export async function askFields(odoo: Odoo, model: string, signal?: AbortSignal): Promise<Fields> {
  const kwargs = { attributes: ["type", "digits", "relation"] };
  try {
    const answer = await odoo.call(model, "fields_get", [], {
      kwargs,
      ...(signal === undefined ? {} : { signal }),
    });
    return new Map(
      Object.entries(isObject(answer) ? answer : {}).map(([name, said]) => [name, fieldOf(said)]),
    );
  } catch (error) {
    if (!(error instanceof OdooFailure) || error.fault !== "data") throw error;
    throw new OdooFailure("settings", `there is no model ${model}: is its module installed?`, {
      cause: error,
    });
  }
}

/** The fields of models, each asked for once; one that could not be is asked for again. */
export function fieldsOfModels(odoo: Odoo): (model: string, signal?: AbortSignal) => Promise<Fields> {
  const known = new Map<string, Promise<Fields>>();
  return (model, signal) => {
    const asking =
      known.get(model) ??
      askFields(odoo, model, signal).catch((error: unknown) => {
        known.delete(model);
        throw error;
      });
    known.set(model, asking);
    return asking;
  };
}

function fieldOf(said: Json): Field {
  const { type, digits, relation } = isObject(said) ? said : {};
  const places = Array.isArray(digits) && typeof digits[1] === "number" ? digits[1] : undefined;
  return { type: String(type), places, relation: typeof relation === "string" ? relation : "" };
}

/** @throws OdooFailure naming the field */
export function requireFields(model: string, fields: Fields, names: readonly string[]): void {
  const missing = names.find((name) => !fields.has(name));
  if (missing === undefined) return;
  throw new OdooFailure("settings", `${model} has no field ${missing}`, { field: missing });
}

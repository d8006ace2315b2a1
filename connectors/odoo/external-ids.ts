import { isObject, type Json } from "tieline/connector";
import type { Odoo } from "./rpc.ts";

/** Names that the hub gave to records of one model: `c-42` of `tieline.c-42`. */
export interface ExternalIds {
  /** By record; those without one are missing. @throws OdooFailure */
  namesOf(ids: readonly number[], signal?: AbortSignal): Promise<ReadonlyMap<number, string>>;
  /** The record that bears a name; undefined: there is none. @throws OdooFailure */
  recordOf(name: string, signal?: AbortSignal): Promise<number | undefined>;
  /** Records by name; names that none bears are missing. @throws OdooFailure */
  recordsOf(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, number>>;
}

/** What may follow the dot of an external id. */
export const EXTERNAL_ID = /^[A-Za-z0-9_-]{1,128}$/;

export function externalIds(odoo: Odoo, model: string, module: string): ExternalIds {
  const ours: readonly Json[] = [
    ["module", "=", module],
    ["model", "=", model],
  ];

  async function search(
    condition: Json,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly [number, string])[]> {
    const kwargs = { domain: [...ours, condition], fields: ["res_id", "name"], order: "id" };
    const answer = await odoo.call("ir.model.data", "search_read", [], {
      kwargs,
      ...(signal === undefined ? {} : { signal }),
    });
    return (Array.isArray(answer) ? answer.filter(isObject) : []).map((row) => [
      Number(row["res_id"]),
      String(row["name"]),
    ]);
  }

  return {
    async namesOf(ids, signal) {
      return ids.length === 0 ? new Map() : new Map(await search(["res_id", "in", [...ids]], signal));
    },
    async recordOf(name, signal) {
      return (await search(["name", "=", name], signal))[0]?.[0];
    },
    async recordsOf(names, signal) {
      if (names.length === 0) return new Map();
      return new Map((await search(["name", "in", [...names]], signal)).map(([id, name]) => [name, id]));
    },
  };
}

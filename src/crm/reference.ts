import type { Entity } from "../message/entity.ts";
import { isObject, type Json } from "../message/json.ts";
import type { RecordKey } from "../store/crm-tables.ts";

/** The record that a reference (`{ system, id }`) names; undefined when it is none. */
export function referenceOf(value: Json | undefined, entity: Entity = "customer"): RecordKey | undefined {
  if (!isObject(value)) return undefined;
  return { entity, system: String(value["system"]), externalId: String(value["id"]) };
}

import type { Json } from "tieline/connector";
import type { DbValue } from "./db.ts";

/** A value of a message as it is bound: what is no plain value goes as JSON. */
export function bound(value: Json): DbValue {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

import type { Json } from "tieline/connector";
import type { Field } from "./fields.ts";

/**
 * A value as Odoo gives it, as JSON that says what it means: false is null unless the field is a boolean, a reference is
 * `{ id, name }`, an amount is decimal text, a moment is RFC 3339 in UTC.
 */
export function jsonOf(value: Json, { type, places }: Field): Json {
  if (type === "boolean") return value === true;
  if (value === false || value === null) return null;
  switch (type) {
    case "many2one":
      return Array.isArray(value) ? { id: value[0] ?? null, name: value[1] ?? null } : value;
    case "float":
    case "monetary":
      return typeof value === "number" ? decimal(value, places) : value;
    case "datetime":
      return typeof value === "string" ? utc(value) : value;
    default:
      return value;
  }
}

/** Whether a field of this type holds a number. */
export function isNumeric(type: string): boolean {
  return type === "float" || type === "monetary" || type === "integer";
}

/** Odoo stores decimals and hands them over as floats: the shortest text that means the same float is the decimal. */
function decimal(value: number, places: number | undefined): string {
  const text = places === undefined ? String(value) : value.toFixed(places);
  // A number this large or small is written with an exponent.
  const plain = text.includes("e") ? (Math.abs(value) < 1 ? value.toFixed(20) : String(BigInt(value))) : text;
  return /^-0(\.0+)?$/.test(plain) ? plain.slice(1) : plain;
}

/** `2026-11-27 10:00:00` as RFC 3339. */
export function utc(text: string): string {
  return /^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(" ", "T")}Z` : text;
}

/** A moment (milliseconds since 1970) as Odoo writes it: UTC, whole seconds. */
export function odooMoment(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

/** The cell of an import: a text, empty for none; undefined: it is no plain value. */
export function cellOf(value: Json, type: string | undefined): string | undefined {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  // Odoo takes no `T`, no `Z` and no fraction.
  const moment =
    type === "datetime" && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  return Number.isNaN(moment) ? value : odooMoment(moment);
}

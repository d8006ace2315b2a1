import { HubError, type Json, type JsonObject } from "tieline/connector";
import type { KnownColumn, Part } from "./layout.ts";
import type { Found, Reference } from "./references.ts";
import { cellOf, isNumeric } from "./value.ts";

/** What a row says, as cells of an import by column; what was looked up is named by Odoo's number: `product_id/.id`. */
export type Cells = ReadonlyMap<string, string>;

/** What of a row is to be looked up. */
export function referencesIn(row: JsonObject, { columns }: Part): readonly Reference[] {
  return columns.flatMap((column) => {
    const { lookUp: model, by } = column;
    if (model === null || by === null) return [];
    return valuesOf(row, column).map((value) => ({ model, by, value }));
  });
}

/**
 * Where several columns name what a field refers to, the first by which it is found counts.
 * @param placeOf where a column of the row is
 * @throws HubError TL_TARGET_REFUSED, TL_REFERENCE_MISSING
 */
export function cellsOf(
  row: JsonObject,
  { columns }: Part,
  found: Found,
  placeOf: (column: KnownColumn) => string,
): Cells {
  const cells = new Map<string, string>();
  const missing = new Map<string, KnownColumn>();
  for (const column of columns.filter(({ name }) => Object.hasOwn(row, name))) {
    const name = importName(column);
    if (column.lookUp === null) cells.set(name, cellFor(row[column.name] ?? null, column, placeOf));
    else if ((cells.get(name) ?? "") === "") {
      const value = row[column.name] ?? null;
      if (!Array.isArray(value) || column.type !== "many2many") cellFor(value, column, placeOf);
      const ids = valuesOf(row, column).map((value) => idOf(value, column, found, placeOf));
      if (ids.includes(undefined)) missing.set(name, missing.get(name) ?? column);
      else cells.set(name, ids.join(","));
    }
  }
  for (const [name, column] of missing) {
    if ((cells.get(name) ?? "") !== "") continue;
    throw new HubError("TL_REFERENCE_MISSING", `Odoo has no ${column.lookUp} that ${column.by} names`, {
      place: { field: placeOf(column) },
      cure: "It is sent again by itself until Odoo has it; else make it there, or mend the value.",
    });
  }
  return cells;
}

/** How Odoo's import names what is written of a column. */
export function importName({ name, field, lookUp }: KnownColumn): string {
  return lookUp === null ? name : `${field}/.id`;
}

function valuesOf(row: JsonObject, { name, type }: KnownColumn): readonly string[] {
  const value = row[name] ?? null;
  if (value === null || value === "") return [];
  const list = Array.isArray(value) ? value : type === "many2many" ? String(value).split(",") : [value];
  return list.map(String);
}

function idOf(
  value: string,
  column: KnownColumn,
  found: Found,
  placeOf: (column: KnownColumn) => string,
): number | undefined {
  const { lookUp, by } = column;
  const ids = found({ model: lookUp as string, by: by as string, value });
  if (ids.length <= 1) return ids[0];
  throw new HubError("TL_TARGET_REFUSED", `Odoo has several ${lookUp} that ${by} names`, {
    place: { field: placeOf(column) },
    cure: "Name it by something that is unique, or mend the records in Odoo.",
  });
}

function cellFor(value: Json, column: KnownColumn, placeOf: (column: KnownColumn) => string): string {
  const place = { field: placeOf(column) };
  const cell = cellOf(value, column.type);
  if (cell === undefined) {
    throw new HubError("TL_TARGET_REFUSED", "a value is a list or an object, and a column holds neither", {
      place,
      cure: "Give a text, a number, true, false or null in the mapping.",
    });
  }
  if (isNumeric(column.type) && !Number.isFinite(Number(cell)))
    throw new HubError("TL_TARGET_REFUSED", "a value is no number", { place });
  return cell;
}

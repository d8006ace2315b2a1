import { isObject, type Json, type JsonObject } from "tieline/connector";
import { externalIds } from "./external-ids.ts";
import type { KnownColumn, LinedLayout, Part } from "./layout.ts";
import { isLineOf } from "./line-name.ts";
import type { Message } from "./message.ts";
import type { Odoo } from "./rpc.ts";
import { isNumeric } from "./value.ts";

/** A record as Odoo holds it, by field. */
export interface HeldRow {
  readonly id: number;
  readonly values: JsonObject;
}

/** A record with those of its lines that the hub made, by the names that it gave them. Lines that people add are theirs. */
export interface Held extends HeldRow {
  /** Where it stands: draft, sale …; null where the model has no such thing. */
  readonly state: string | null;
  readonly lines: ReadonlyMap<string, HeldRow>;
}

/** Archived records are there, texts come as they were written. */
const CONTEXT: JsonObject = { active_test: false, lang: null };

/**
 * Reads what Odoo holds of the records of messages; new ones are missing.
 * @throws OdooFailure
 */
export async function heldOf(
  odoo: Odoo,
  module: string,
  layout: LinedLayout,
  messages: readonly Message[],
): Promise<ReadonlyMap<Message, Held>> {
  const { model, lines } = layout;
  const named = messages.flatMap(({ by, name }) => (by === "id" ? [String(name)] : []));
  const numbers = await externalIds(odoo, model, module).recordsOf(named);
  const ids = new Map<Message, number>();
  for (const message of messages) {
    const id = message.by === "id" ? numbers.get(String(message.name)) : Number(message.name);
    if (id !== undefined) ids.set(message, id);
  }
  const state = lines.hasState ? ["state"] : [];
  const rows = await read(odoo, model, [...ids.values()], [...fieldsIn(layout), lines.field, ...state]);
  const lineIds = [...rows.values()].flatMap((row) => listOf(row[lines.field]));
  const names = await externalIds(odoo, lines.model, module).namesOf(lineIds);
  const lineRows = await read(odoo, lines.model, [...names.keys()], fieldsIn(lines));
  const held = new Map<Message, Held>();
  for (const [message, id] of ids) {
    const values = rows.get(id);
    if (values === undefined) continue;
    const own = listOf(values[lines.field]).flatMap((line) => {
      const [name, row] = [names.get(line) ?? "", lineRows.get(line)];
      return row !== undefined && isLineOf(message.name, name)
        ? [[name, { id: line, values: row }] as const]
        : [];
    });
    const { state = null } = values;
    held.set(message, { id, values, state: typeof state === "string" ? state : null, lines: new Map(own) });
  }
  return held;
}

async function read(
  odoo: Odoo,
  model: string,
  ids: readonly number[],
  fields: readonly string[],
): Promise<ReadonlyMap<number, JsonObject>> {
  if (ids.length === 0) return new Map();
  const kwargs = { domain: [["id", "in", [...ids]]], fields: [...fields], context: CONTEXT };
  const answer = await odoo.call(model, "search_read", [], { kwargs });
  const rows = Array.isArray(answer) ? answer.filter(isObject) : [];
  return new Map(rows.map((row) => [Number(row["id"]), row]));
}

function fieldsIn({ columns }: Part): readonly string[] {
  return [...new Set(columns.map(({ field }) => field))];
}

function listOf(value: Json | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === "number") : [];
}

/** What is held, as the cell that would write it. */
export function heldCell({ values }: HeldRow, { field, type, lookUp }: KnownColumn): string {
  const value = values[field] ?? false;
  if (type === "boolean") return value === true ? "1" : "0";
  if (value === false) return "";
  if (lookUp !== null && type === "many2one") return Array.isArray(value) ? String(value[0]) : "";
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** Whether a cell would write what is held already. */
export function isHeld(row: HeldRow, column: KnownColumn, cell: string): boolean {
  const own = heldCell(row, column);
  if (isNumeric(column.type)) {
    const { places } = column;
    const rounded = (text: string): string =>
      places === undefined ? String(Number(text)) : Number(text).toFixed(places);
    return rounded(own) === rounded(cell);
  }
  if (column.type === "many2many") return sorted(own) === sorted(cell);
  return own === cell;
}

function sorted(list: string): string {
  return list.split(",").sort().join(",");
}

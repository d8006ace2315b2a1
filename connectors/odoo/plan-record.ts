import { HubError } from "tieline/connector";
import { BOUND } from "./bound.ts";
import { type Cells, importName } from "./cells.ts";
import { type Held, type HeldRow, heldCell, isHeld } from "./held.ts";
import type { KnownColumn, LinedLayout, Lines, Part } from "./layout.ts";
import { lineName } from "./line-name.ts";
import type { Message } from "./message.ts";

/** What a message says, as cells. */
export interface Said {
  readonly header: Cells;
  /** Null: it says nothing of lines. */
  readonly lines: readonly SaidLine[] | null;
}

interface SaidLine {
  /** Within the message. */
  readonly id: string;
  readonly place: string;
  readonly cells: Cells;
}

/** What a message comes to in Odoo's import. */
export interface Plan {
  /** How the record is named, then what is written. */
  readonly columns: readonly string[];
  /** None: Odoo holds all of it. */
  readonly rows: readonly (readonly string[])[];
  /** Odoo's number of the record; undefined: it is new, or was not asked for. */
  readonly of: number | undefined;
  /** Of lines that are deleted once the rest is written. */
  readonly drop: readonly number[];
}

/** By what Odoo knows the product of a line, whatever it is a line of. */
const PRODUCT = "product_id/.id";

/** A line of the import. */
interface Line {
  readonly name: string;
  readonly place: string;
  readonly cells: Cells;
  readonly held: HeldRow | undefined;
}

/** A record of which nothing is compared: it is written as it is. */
export function planAlone(message: Message, { header }: Said, module: string): Plan {
  const row = [firstCell(message, module), ...header.values()];
  return { columns: [message.by, ...header.keys()], rows: [row], of: undefined, drop: [] };
}

/**
 * Compares what is said with what Odoo holds: where nothing is different nothing is written, so that a repeated message
 * changes no `write_date`, and asks nothing of an order that is locked.
 * @throws HubError TL_TARGET_REFUSED
 */
export function planWithLines(
  message: Message,
  said: Said,
  held: Held | undefined,
  layout: LinedLayout,
  module: string,
): Plan {
  const { lines } = layout;
  const own = (said.lines ?? []).map((line): Line => {
    const name = lineName(message.name, line.id, line.cells.get(PRODUCT));
    return { name, place: line.place, cells: line.cells, held: held?.lines.get(name) };
  });
  const names = new Set(own.map(({ name }) => name));
  const gone = said.lines === null ? [] : [...(held?.lines ?? [])].filter(([name]) => !names.has(name));
  const bound = BOUND[layout.model];
  const isBound = held !== undefined && bound?.states.includes(held.state ?? "") === true;
  const drop = isBound ? [] : gone.map(([, { id }]) => id);
  const emptied = isBound ? gone.flatMap((line) => emptiedLine(line, bound.quantity)) : [];
  const all = [...own, ...emptied];
  const isSame =
    held !== undefined &&
    holds(held, said.header, layout) &&
    all.every(({ cells, held: row }) => row !== undefined && holds(row, cells, lines));
  if (isSame) return { columns: [], rows: [], of: held.id, drop };
  return { ...importOf(message, said.header, all, lines, module), of: held?.id, drop };
}

/** A record of the import: each line is a row, and the first row is that of the record too. */
function importOf(
  message: Message,
  header: Cells,
  all: readonly Line[],
  { field, columns }: Lines,
  module: string,
): Pick<Plan, "columns" | "rows"> {
  const used = new Map<string, KnownColumn>();
  for (const column of columns) {
    const name = importName(column);
    if (!used.has(name) && all.some(({ cells }) => cells.has(name))) used.set(name, column);
  }
  const own = [firstCell(message, module), ...header.values()];
  const blank = own.map(() => "");
  const ofLines = all.map((line) => {
    const cells = [...used.values()].map((column) => lineCell(line, column));
    return [`${module}.${line.name}`, ...cells];
  });
  const [first = [], ...rest] = ofLines;
  const names = all.length === 0 ? [] : ["id", ...used.keys()].map((name) => `${field}/${name}`);
  return {
    columns: [message.by, ...header.keys(), ...names],
    rows: [[...own, ...first], ...rest.map((row) => [...blank, ...row])],
  };
}

/** A line that is gone and cannot be deleted, unless it is empty already. */
function emptiedLine([name, held]: readonly [string, HeldRow], quantity: string): readonly Line[] {
  return Number(held.values[quantity]) === 0
    ? []
    : [{ name, place: "", cells: new Map([[quantity, "0"]]), held }];
}

function holds(held: HeldRow, cells: Cells, { columns }: Part): boolean {
  return columns.every((column) => {
    const cell = cells.get(importName(column));
    return cell === undefined || isHeld(held, column, cell);
  });
}

/**
 * The import gives all lines of a record the same columns, and an empty cell clears: so what one of them does not say is
 * what Odoo holds.
 */
function lineCell({ cells, held, place }: Line, column: KnownColumn): string {
  const cell = cells.get(importName(column));
  if (cell !== undefined) return cell;
  if (held !== undefined) return heldCell(held, column);
  throw new HubError("TL_TARGET_REFUSED", "a new line lacks what others of its record have", {
    place: { field: `${place}/${column.field}` },
    cure: "Give it to all lines of the record, or to none of them and Odoo knows best.",
  });
}

function firstCell({ by, name }: Message, module: string): string {
  return by === "id" ? `${module}.${name}` : String(name);
}

import { type Column, columnOf, isOdoos } from "./columns.ts";
import { OdooFailure } from "./failure.ts";
import { type Fields, requireFields } from "./fields.ts";
import type { UpsertOptions } from "./settings.ts";

/** A column with what its model says of it. */
export interface KnownColumn extends Column {
  /** char, float, many2one … */
  readonly type: string;
  readonly places: number | undefined;
  /** The model in which the hub itself looks for what it refers to; null: it is written as it is. */
  readonly lookUp: string | null;
}

/** The columns of one model that a sink writes. */
export interface Part {
  readonly model: string;
  readonly columns: readonly KnownColumn[];
}

/** What a sink writes: of its model, and of the lines that its records have. */
export interface Layout extends Part {
  readonly lines: Lines | null;
}

export interface LinedLayout extends Layout {
  readonly lines: Lines;
}

/** Records that belong to another, such as the lines of an order. */
export interface Lines extends Part {
  /** Where the record lists them. */
  readonly field: string;
  /** Whether the record tells where it stands. */
  readonly hasState: boolean;
}

/** @throws OdooFailure when Odoo lacks a field that the settings name */
export async function layoutOf(
  { model, fields, lines }: UpsertOptions,
  fieldsOf: (model: string) => Promise<Fields>,
): Promise<Layout> {
  const own = await fieldsOf(model);
  // What a line refers to has a place, which Odoo does not tell: so all of it is looked up.
  const looksUp = (column: Column): boolean => (lines === undefined ? !isOdoos(column) : column.by !== null);
  const part = async (of: string, names: readonly string[]): Promise<Part> => {
    const known = await fieldsOf(of);
    const columns = names.map(columnOf);
    requireFields(
      of,
      known,
      columns.map(({ field }) => field),
    );
    return {
      model: of,
      columns: await Promise.all(columns.map((column) => knownColumn(of, column, known))),
    };
  };
  const knownColumn = async (of: string, column: Column, known: Fields): Promise<KnownColumn> => {
    const { type = "char", places, relation = "" } = known.get(column.field) ?? {};
    if (!looksUp(column)) return { ...column, type, places, lookUp: null };
    if (!type.startsWith("many2"))
      throw new OdooFailure("settings", `${column.field} of ${of} is no reference`, { field: column.name });
    if (!isOdoos(column)) requireFields(relation, await fieldsOf(relation), [column.by as string]);
    return { ...column, type, places, lookUp: relation };
  };
  const header = await part(model, fields);
  if (lines === undefined) return { ...header, lines: null };
  requireFields(model, own, [lines.field]);
  const { type, relation = "" } = own.get(lines.field) ?? {};
  if (type !== "one2many")
    throw new OdooFailure("settings", `${lines.field} of ${model} is no list of lines`, {
      field: lines.field,
    });
  const of = { field: lines.field, hasState: own.has("state") };
  return { ...header, lines: { ...(await part(relation, lines.fields)), ...of } };
}

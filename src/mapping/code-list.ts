import type { Json } from "../message/json.ts";

/** A cell of a code list; undefined: it has none. */
export type Code = string | number | boolean | undefined;

/** What one set of codes is called in others: `country`, with the columns `erp` and `iso`. */
export interface CodeList {
  /** At least two; the first names the rows. */
  readonly columns: readonly string[];
  /**
   * The code in column `to` of the first row that has `value` in column `from`.
   * @param to default: the second column
   * @param from default: the first column; the second when `to` is the first
   */
  find(value: Json | undefined, to?: string, from?: string): Code;
}

/** The row that answers for every value without a row of its own. */
export const EVERY_OTHER = "*";

/** @param rows each with one cell for each column */
export function codeList(columns: readonly string[], rows: readonly (readonly Code[])[]): CodeList {
  const indexes = new Map<string, ReadonlyMap<string, readonly Code[]>>();
  const index = (column: string): ReadonlyMap<string, readonly Code[]> => {
    let found = indexes.get(column);
    if (found === undefined) {
      found = indexBy(columns.indexOf(column), rows);
      indexes.set(column, found);
    }
    return found;
  };
  const [first = "", second = ""] = columns;
  return {
    columns,
    find(value, to = second, from = to === first ? second : first) {
      if (value === undefined || value === null || typeof value === "object") return undefined;
      const byValue = index(from);
      const row = byValue.get(String(value)) ?? byValue.get(EVERY_OTHER);
      const code = row?.[columns.indexOf(to)];
      return code === EVERY_OTHER ? undefined : code;
    },
  };
}

function indexBy(column: number, rows: readonly (readonly Code[])[]): ReadonlyMap<string, readonly Code[]> {
  const index = new Map<string, readonly Code[]>();
  for (const row of rows) {
    const code = row[column];
    if (code !== undefined && !index.has(String(code))) index.set(String(code), row);
  }
  return index;
}

import { printable, visibleWidth } from "./terminal.ts";

export interface Column<Row> {
  readonly title: string;
  /** The cell; null and undefined show as `-`. A painted cell must have been made printable before. */
  readonly cell: (row: Row) => string | number | null | undefined;
  /** Numbers stand right by themselves. */
  readonly right?: boolean;
  /** Whether the cell is painted already. */
  readonly painted?: boolean;
}

/** Rows as aligned columns under their titles; the last column is not padded. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => cellText(column, row)));
  const titles = columns.map((column) => column.title);
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...cells.map((row) => visibleWidth(row[index] ?? ""))),
  );
  const rights = columns.map(
    (column) =>
      column.right ?? (rows.length > 0 && rows.every((row) => typeof column.cell(row) === "number")),
  );
  return [titles, ...cells].map((row) => line(row, widths, rights)).join("\n");
}

/** Names and values, one per line, the values aligned. Empty values are left out. */
export function facts(pairs: readonly (readonly [string, string | number | null | undefined])[]): string {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

function cellText<Row>(column: Column<Row>, row: Row): string {
  const value = column.cell(row);
  if (value === null || value === undefined || value === "") return "-";
  const text = String(value);
  return column.painted === true ? text : printable(text);
}

function line(cells: readonly string[], widths: readonly number[], rights: readonly boolean[]): string {
  return cells
    .map((cell, index) => {
      const gap = " ".repeat(Math.max(0, (widths[index] ?? 0) - visibleWidth(cell)));
      if (rights[index] === true) return gap + cell;
      return index === cells.length - 1 ? cell : cell + gap;
    })
    .join("  ")
    .trimEnd();
}

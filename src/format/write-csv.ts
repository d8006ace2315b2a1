import type { Json, JsonObject } from "../message/json.ts";
import { refused } from "./write-refusal.ts";

/** Comma-separated values as they are written (RFC 4180). */
export interface CsvWriteOptions {
  /** Fields in the order of their columns; what a record has beside them is an error. */
  readonly columns: readonly string[];
  /** Default ",". */
  readonly delimiter?: string;
  /** Default `"`. */
  readonly quote?: string;
  /** A WHATWG label; default utf-8. */
  readonly encoding?: string;
  /** Whether the first line names the columns; default true. */
  readonly header?: boolean;
  /** Default crlf. */
  readonly newline?: "crlf" | "lf";
  /**
   * What becomes of texts that a spreadsheet would run as formulas: `escape` (default) writes `'` before those that begin
   * with = + - @, tab or carriage return and are no plain numbers; `keep` leaves them.
   */
  readonly formulas?: "escape" | "keep";
}

const FORMULA = /^[=+\-@\t\r]/;
const PLAIN_NUMBER = /^[+-]?\d+([.,]\d+)?$/;

/** The line that names the columns; nothing where there is none. */
export function csvHeader(options: CsvWriteOptions): string {
  return options.header === false ? "" : lineOf(options.columns, options);
}

/** One record. @param index which, from 0 */
export function csvLine(record: JsonObject, index: number, options: CsvWriteOptions): string {
  const { columns, formulas = "escape" } = options;
  const known = new Set(columns);
  if (Object.keys(record).some((field) => !known.has(field)))
    throw refused(index, "has a field that is none of the columns");
  return lineOf(
    columns.map((column) => cellOf(record[column], index, column, formulas)),
    options,
  );
}

function lineOf(cells: readonly string[], options: CsvWriteOptions): string {
  const { delimiter = ",", quote = '"', newline = "crlf" } = options;
  const line = cells.map((cell) => quoted(cell, delimiter, quote)).join(delimiter);
  return line + (newline === "lf" ? "\n" : "\r\n");
}

function cellOf(value: Json | undefined, index: number, column: string, formulas: "escape" | "keep"): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "object") throw refused(index, `has a list or object in ${column}`);
  const text = String(value);
  const isFormula =
    typeof value === "string" && formulas === "escape" && FORMULA.test(text) && !PLAIN_NUMBER.test(text);
  return isFormula ? `'${text}` : text;
}

function quoted(cell: string, delimiter: string, quote: string): string {
  const isPlain =
    !cell.includes(delimiter) && !cell.includes(quote) && !/[\r\n]/.test(cell) && cell.trim() === cell;
  return isPlain ? cell : `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`;
}

import type { CustomerRow, RecordRow } from "../../store/crm-tables.ts";
import { CUSTOMER_COLUMNS, fromCustomer, fromRecord, RECORD_COLUMNS } from "../rows/crm-row.ts";
import type { Sql, SqlValue } from "./sql.ts";

/*
 * SQLite takes an index for changed, and runs a trigger, as soon as a column of it is set, whatever to; it finds the page of
 * each entry and writes it anew. So what indexes are made of, which hardly ever changes, is set apart, by one statement a
 * batch and only where any of it is another.
 */

type Row = readonly (SqlValue | undefined)[];

const NAMED = columnsOf(CUSTOMER_COLUMNS, ["name", "folded", "status", "alive", "merged_into"]);
const CHANGED = columnsOf(CUSTOMER_COLUMNS, ["revision", "updated_at"]);
const NAME = `${update("customer", NAMED)} AND (${isOther("customer", NAMED)})`;
const CHANGE = update("customer", CHANGED);

const PLACED = columnsOf(RECORD_COLUMNS, ["customer", "holder", "phone", "email", "happened_at"]);
const KEY = columnsOf(RECORD_COLUMNS, ["id", "entity", "system", "external_id"]);
const CONTENT = columnsOf(RECORD_COLUMNS, RECORD_COLUMNS).filter(
  ({ at }) => ![...PLACED, ...KEY].some((other) => other.at === at),
);
const PLACE = `${update("source_record", PLACED)} AND (${isOther("source_record", PLACED)})`;
const FILL = `UPDATE source_record SET ${CONTENT.map(({ name }, n) => `${name} = ?${n + 2}`).join(", ")},
  applied = applied + 1 WHERE id = ?1`;

export function updateCustomers(sql: Sql, customers: readonly CustomerRow[]): void {
  if (customers.length === 0) return;
  const rows = [...customers].sort(byId).map(fromCustomer);
  sql.run(NAME, valuesOf(rows, NAMED));
  sql.run(CHANGE, valuesOf(rows, CHANGED));
}

/** The texts of records are long, and cost less where each is bound. */
export function updateRecords(sql: Sql, records: readonly RecordRow[]): void {
  if (records.length === 0) return;
  const rows = [...records].sort(byId).map(fromRecord);
  sql.run(PLACE, valuesOf(rows, PLACED));
  for (const row of rows) sql.run(FILL, ...(pick(row, CONTENT) as SqlValue[]));
}

/** Neighbours share a page. */
function byId(a: { readonly id: number }, b: { readonly id: number }): number {
  return a.id - b.id;
}

interface Column {
  readonly name: string;
  /** Where its value is in a row. */
  readonly at: number;
}

function columnsOf<Name extends string>(all: readonly Name[], names: readonly Name[]): readonly Column[] {
  return names.map((name) => ({ name, at: all.indexOf(name) }));
}

/** The id, which comes first, and these columns. */
function pick(row: Row, columns: readonly Column[]): Row {
  return [row[0], ...columns.map(({ at }) => row[at])];
}

function valuesOf(rows: readonly Row[], columns: readonly Column[]): string {
  return JSON.stringify(rows.map((row) => pick(row, columns)));
}

/** Takes its rows out of `valuesOf`. */
function update(table: string, columns: readonly Column[]): string {
  const set = columns.map(({ name }, n) => `${name} = k.value ->> ${n + 1}`).join(", ");
  return `UPDATE ${table} SET ${set} FROM json_each(?1) k WHERE ${table}.id = k.value ->> 0`;
}

function isOther(table: string, columns: readonly Column[]): string {
  return columns.map(({ name }, n) => `${table}.${name} IS NOT k.value ->> ${n + 1}`).join(" OR ");
}

import type { Newcomers } from "../../store/crm-tables.ts";
import { entityNumber, kindNumber } from "../rows/crm-row.ts";
import { type Column, common, insertColumns } from "./crm-bulk.ts";
import type { Sql } from "./sql.ts";

// Whatever fails, the transaction is undone; so no statement need keep the pages it changes to undo itself alone.
const CUSTOMERS = `INSERT OR FAIL INTO customer (id, name, folded, status, revision, created_at, updated_at, alive) VALUES`;
const RECORDS = `INSERT OR FAIL INTO source_record (id, entity, system, external_id, customer, version, hash, deleted, file,
  file_row, flow_version, at, body) VALUES`;
const BODY = 12;
const CONTACTS = "INSERT OR FAIL INTO contact_point (kind, value, customer) VALUES";

/** Writes newcomers from their columns. */
export function insertNewcomers(
  sql: Sql,
  newcomers: Newcomers,
  ids: { readonly customer: number; readonly record: number },
  now: number,
): void {
  const { system, file, flowVersion, at, rows, externalIds, versions, hashes, values } = newcomers;
  const count = rows.length;
  const customer = { first: ids.customer };
  const record = { first: ids.record };
  const statuses = common(newcomers.statuses);
  insertColumns(sql, CUSTOMERS, count, [
    ...[customer, newcomers.names, newcomers.folded, statuses],
    ...[1, now, now, 1],
  ]);
  insertColumns(
    sql,
    RECORDS,
    count,
    [
      ...[record, entityNumber("customer"), system, externalIds, customer, common(versions), hashes, 0, file],
      ...[rising(rows), flowVersion, at, values],
    ],
    [BODY],
  );
  for (const { kind, values: contacts, owners } of newcomers.contacts) {
    const owner = Array.from(owners, (at) => ids.customer + at);
    insertColumns(sql, CONTACTS, contacts.length, [kindNumber(kind), contacts, owner]);
  }
}

/** Numbers that rise by one, as rows of a file do. */
function rising(numbers: readonly number[]): Column {
  const first = numbers[0] ?? 0;
  return numbers.every((number, at) => number === first + at) ? { first } : numbers;
}

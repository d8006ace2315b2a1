import type { Newcomers } from "../../store/crm-tables.ts";
import { entityNumber, kindNumber } from "../rows/crm-row.ts";
import { common, insertColumns } from "./crm-bulk.ts";
import type { Sql } from "./sql.ts";

const CUSTOMERS = `INSERT INTO customer (id, name, folded, status, revision, created_at, updated_at, alive) VALUES`;
const RECORDS = `INSERT INTO source_record (id, entity, system, external_id, customer, version, hash, deleted, file,
  file_row, flow_version, at, body) VALUES`;
const BODY = 12;
const CONTACTS = "INSERT INTO contact_point (kind, value, customer) VALUES";

/** Writes newcomers from their columns. */
export function insertNewcomers(
  sql: Sql,
  newcomers: Newcomers,
  ids: { readonly customer: number; readonly record: number },
  now: number,
): void {
  const { system, file, flowVersion, at, rows, externalIds, versions, hashes, values } = newcomers;
  const count = rows.length;
  const customer = (row: number): number => ids.customer + row;
  const record = (row: number): number => ids.record + row;
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
      ...[rows, flowVersion, at, values],
    ],
    [BODY],
  );
  for (const { kind, values: contacts, owners } of newcomers.contacts) {
    const owner = (row: number): number => ids.customer + (owners[row] as number);
    insertColumns(sql, CONTACTS, contacts.length, [kindNumber(kind), contacts, owner]);
  }
}

import type { CrmWrites, NewRecordRow } from "../../store/crm-tables.ts";
import { CUSTOMER_COLUMNS, fromCustomer, kindNumber, type RowValue } from "../rows/crm-row.ts";
import { toText } from "../rows/row.ts";
import { columnsOf, join, unnested } from "./columns.ts";
import { bodyOf, fromRecordHead, HEAD_COLUMNS, typesOf } from "./crm-row.ts";
import type { Sql } from "./sql.ts";

/** Bodies are one value that is cut apart there: as texts in an array each quotation mark would be escaped. */
const BODY = `convert_from(substring($${HEAD_COLUMNS.length + 3}::bytea FROM u.body_at FOR u.body_length), 'UTF8')`;
const WITH_BODIES = `unnest(${unnested([...typesOf(HEAD_COLUMNS), "integer", "integer"])})
  AS u (${HEAD_COLUMNS.join(", ")}, body_at, body_length)`;

const INSERT_CUSTOMERS = insertInto("customer", CUSTOMER_COLUMNS);
const UPDATE_CUSTOMERS = update("customer", CUSTOMER_COLUMNS);
const INSERT_RECORDS = `INSERT INTO source_record (${HEAD_COLUMNS.join(", ")}, body)
  SELECT ${HEAD_COLUMNS.map((column) => `u.${column}`).join(", ")}, ${BODY} FROM ${WITH_BODIES}`;
const UPDATE_RECORDS = `UPDATE source_record t SET
  ${assignments(HEAD_COLUMNS, ["entity", "system", "external_id"])}, body = ${BODY}, applied = t.applied + 1
  FROM ${WITH_BODIES} WHERE t.id = u.id`;
const UPDATE_SEEN = update("source_record", ["id", "version", "hash"]);
const POINT_TYPES = ["smallint", "text", "bigint"];
const INSERT_CONTACTS = `INSERT INTO contact_point (kind, value, customer) SELECT * FROM unnest(${unnested(POINT_TYPES)})`;
const DELETE_CONTACTS = `DELETE FROM contact_point p USING unnest(${unnested(POINT_TYPES)}) AS u (kind, value, customer)
  WHERE p.kind = u.kind AND p.value = u.value AND p.customer = u.customer`;
const LINK_TYPES = ["text", "text", "bigint"];
const INSERT_LINKS = `INSERT INTO customer_link (system, external_id, record) SELECT * FROM unnest(${unnested(LINK_TYPES)})
  ON CONFLICT DO NOTHING`;
const DELETE_LINKS = `DELETE FROM customer_link l USING unnest(${unnested(LINK_TYPES)}) AS u (system, external_id, record)
  WHERE l.system = u.system AND l.external_id = u.external_id AND l.record = u.record`;

/** By reference: where the record is that they refer to. */
const FOLLOW_HOLDER = `UPDATE source_record r SET customer = h.customer FROM source_record h
  WHERE h.id = r.holder AND r.entity <> 0 AND h.customer <> r.customer AND r.customer = ANY ($1::bigint[])`;
/** By contact, of a customer who is another now. */
const FOLLOW_MERGE =
  "UPDATE source_record SET customer = $2 WHERE customer = $1 AND entity <> 0 AND holder IS NULL";
const HAS = "((p.kind = 0 AND p.value = r.phone) OR (p.kind = 1 AND p.value = r.email))";
/** By contact, of a customer who has that contact no more. */
const FOLLOW_CONTACT = `UPDATE source_record r SET customer =
  (SELECT CASE WHEN count(DISTINCT p.customer) = 1 THEN min(p.customer) END FROM contact_point p WHERE ${HAS})
  WHERE r.entity <> 0 AND r.holder IS NULL AND r.customer = ANY ($1::bigint[])
    AND NOT EXISTS (SELECT 1 FROM contact_point p WHERE ${HAS} AND p.customer = r.customer)`;

/** Writes what one batch has changed, each list by one statement. */
export function crmWriter(sql: Sql): (writes: CrmWrites) => void {
  const each = (text: string, rows: readonly (readonly RowValue[])[]): void => {
    if (rows.length > 0) sql.send(text, ...columnsOf(rows, rows[0]?.length ?? 0));
  };
  const records = (text: string, rows: readonly NewRecordRow[]): void => {
    if (rows.length === 0) return;
    const { bytes, from, length } = join(rows.map(bodyOf));
    sql.send(text, ...columnsOf(rows.map(fromRecordHead), HEAD_COLUMNS.length), from, length, bytes);
  };
  return (writes) => {
    each(INSERT_CUSTOMERS, writes.newCustomers.map(fromCustomer));
    each(UPDATE_CUSTOMERS, writes.customers.map(fromCustomer));
    records(INSERT_RECORDS, writes.newRecords);
    records(UPDATE_RECORDS, writes.records);
    each(
      UPDATE_SEEN,
      writes.seen.map(({ id, version, hash }) => [id, toText(version), hash]),
    );
    each(DELETE_CONTACTS, writes.oldContacts.map(fromPoint));
    each(INSERT_CONTACTS, writes.newContacts.map(fromPoint));
    each(DELETE_LINKS, writes.oldLinks.map(fromLink));
    each(INSERT_LINKS, writes.newLinks.map(fromLink));
    if (writes.moved.length === 0) return;
    sql.send(FOLLOW_HOLDER, writes.moved);
    for (const { from, to } of writes.merged) sql.send(FOLLOW_MERGE, from, to);
    sql.send(FOLLOW_CONTACT, writes.moved);
  };
}

function fromPoint({ kind, value, customer }: CrmWrites["newContacts"][number]): RowValue[] {
  return [kindNumber(kind), value, customer];
}

function fromLink({ system, externalId, record }: CrmWrites["newLinks"][number]): RowValue[] {
  return [system, externalId, record];
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(", ")}) SELECT * FROM unnest(${unnested(typesOf(columns))})`;
}

/** Changes every column but the id, by which rows are found. */
function update(table: string, columns: readonly string[]): string {
  return `UPDATE ${table} t SET ${assignments(columns)}
    FROM unnest(${unnested(typesOf(columns))}) AS u (${columns.join(", ")}) WHERE t.id = u.id`;
}

/** @param fixed columns that never change, besides the id */
function assignments(columns: readonly string[], fixed: readonly string[] = []): string {
  const set = columns.filter((column) => column !== "id" && !fixed.includes(column));
  return set.map((column) => `${column} = u.${column}`).join(", ");
}

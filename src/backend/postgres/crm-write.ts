import type { CrmWrites } from "../../store/crm-tables.ts";
import {
  CUSTOMER_COLUMNS,
  fromCustomer,
  kindNumber,
  RECORD_COLUMNS,
  type RowValue,
} from "../rows/crm-row.ts";
import { toText } from "../rows/row.ts";
import { columnsOf, unnested } from "./columns.ts";
import { fromRecordToText, typesOf } from "./crm-row.ts";
import type { Sql } from "./sql.ts";

const INSERT_CUSTOMERS = insertInto("customer", CUSTOMER_COLUMNS);
const UPDATE_CUSTOMERS = update("customer", CUSTOMER_COLUMNS);
const INSERT_RECORDS = insertInto("source_record", RECORD_COLUMNS);
const UPDATE_RECORDS = update("source_record", RECORD_COLUMNS, {
  fixed: ["entity", "system", "external_id"],
  more: ", applied = t.applied + 1",
});
const UPDATE_SEEN = update("source_record", ["id", "version", "hash"]);
const POINT = { columns: ["kind", "value", "customer"], types: ["smallint", "text", "bigint"] };
const INSERT_CONTACTS = `INSERT INTO contact_point (kind, value, customer) SELECT * FROM unnest(${unnested(POINT.types)})`;
const DELETE_CONTACTS = `DELETE FROM contact_point p USING unnest(${unnested(POINT.types)}) AS u (kind, value, customer)
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
export function crmWriter(sql: Sql): (writes: CrmWrites) => Promise<void> {
  const each = async (text: string, rows: readonly (readonly RowValue[])[]): Promise<void> => {
    if (rows.length > 0) await sql.run(text, ...columnsOf(rows, rows[0]?.length ?? 0));
  };
  return async (writes) => {
    await each(INSERT_CUSTOMERS, writes.newCustomers.map(fromCustomer));
    await each(UPDATE_CUSTOMERS, writes.customers.map(fromCustomer));
    await each(INSERT_RECORDS, writes.newRecords.map(fromRecordToText));
    await each(UPDATE_RECORDS, writes.records.map(fromRecordToText));
    await each(
      UPDATE_SEEN,
      writes.seen.map(({ id, version, hash }) => [id, toText(version), hash]),
    );
    await each(DELETE_CONTACTS, writes.oldContacts.map(fromPoint));
    await each(INSERT_CONTACTS, writes.newContacts.map(fromPoint));
    await each(DELETE_LINKS, writes.oldLinks.map(fromLink));
    await each(INSERT_LINKS, writes.newLinks.map(fromLink));
    if (writes.moved.length === 0) return;
    await sql.run(FOLLOW_HOLDER, writes.moved);
    for (const { from, to } of writes.merged) await sql.run(FOLLOW_MERGE, from, to);
    await sql.run(FOLLOW_CONTACT, writes.moved);
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

/** Changes every column but the id, by which rows are found, and those that never change. */
function update(
  table: string,
  columns: readonly string[],
  { fixed = [], more = "" }: { readonly fixed?: readonly string[]; readonly more?: string } = {},
): string {
  const set = columns.filter((column) => column !== "id" && !fixed.includes(column));
  return `UPDATE ${table} t SET ${set.map((column) => `${column} = u.${column}`).join(", ")}${more}
    FROM unnest(${unnested(typesOf(columns))}) AS u (${columns.join(", ")}) WHERE t.id = u.id`;
}

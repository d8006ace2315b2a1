import type { ContactKind, CrmWrites } from "../../store/crm-tables.ts";
import { CUSTOMER_COLUMNS, fromCustomer, fromRecord, kindNumber, RECORD_COLUMNS } from "../rows/crm-row.ts";
import { insertShared } from "./crm-bulk.ts";
import { updateCustomers, updateRecords } from "./crm-update.ts";
import type { Sql, SqlValue } from "./sql.ts";

const INSERT_CUSTOMERS = `INSERT INTO customer (${CUSTOMER_COLUMNS.join(", ")}) VALUES`;
const INSERT_RECORDS = `INSERT INTO source_record (${RECORD_COLUMNS.join(", ")}) VALUES`;
const UPDATE_SEEN = "UPDATE source_record SET version = ?2, hash = ?3 WHERE id = ?1";
const INSERT_CONTACTS = "INSERT INTO contact_point (kind, value, customer) VALUES";
const DELETE_CONTACT = "DELETE FROM contact_point WHERE kind = ? AND value = ? AND customer = ?";
const INSERT_LINKS = "INSERT OR IGNORE INTO customer_link (system, external_id, record) VALUES";
const DELETE_LINK = "DELETE FROM customer_link WHERE system = ? AND external_id = ? AND record = ?";

/** By reference: where the record is that they refer to. */
const FOLLOW_HOLDER = `UPDATE source_record SET customer = h.customer FROM source_record h
  WHERE h.id = source_record.holder AND source_record.entity <> 0 AND h.customer <> source_record.customer
    AND source_record.customer IN (SELECT value FROM json_each(?1))`;
/** By contact, of a customer who is another now. */
const FOLLOW_MERGE =
  "UPDATE source_record SET customer = ?2 WHERE customer = ?1 AND entity <> 0 AND holder IS NULL";
const HAS = `((p.kind = 0 AND p.value = source_record.phone) OR (p.kind = 1 AND p.value = source_record.email))`;
/** By contact, of a customer who has that contact no more. */
const FOLLOW_CONTACT = `UPDATE source_record SET customer =
  (SELECT CASE WHEN count(DISTINCT p.customer) = 1 THEN min(p.customer) END FROM contact_point p WHERE ${HAS})
  WHERE entity <> 0 AND holder IS NULL AND customer IN (SELECT value FROM json_each(?1))
    AND NOT EXISTS (SELECT 1 FROM contact_point p WHERE ${HAS} AND p.customer = source_record.customer)`;

/** Writes what one batch has changed. */
export function crmWriter(sql: Sql): (writes: CrmWrites) => void {
  return (writes) => {
    insertShared(sql, INSERT_CUSTOMERS, writes.newCustomers.map(fromCustomer));
    updateCustomers(sql, writes.customers);
    insertShared(sql, INSERT_RECORDS, writes.newRecords.map(fromRecord), [RECORD_COLUMNS.indexOf("body")]);
    updateRecords(sql, writes.records);
    for (const { id, version, hash } of writes.seen) sql.run(UPDATE_SEEN, id, version, hash);
    for (const point of writes.oldContacts) {
      sql.run(DELETE_CONTACT, kindNumber(point.kind), point.value, point.customer);
    }
    for (const kind of ["phone", "email"] as const)
      insertShared(sql, INSERT_CONTACTS, pointsOf(writes, kind));
    for (const { system, externalId, record } of writes.oldLinks)
      sql.run(DELETE_LINK, system, externalId, record);
    const links = writes.newLinks.map(({ system, externalId, record }) => [system, externalId, record]);
    insertShared(sql, INSERT_LINKS, links);
    if (writes.moved.length === 0) return;
    const moved = JSON.stringify(writes.moved);
    sql.run(FOLLOW_HOLDER, moved);
    for (const { from, to } of writes.merged) sql.run(FOLLOW_MERGE, from, to);
    sql.run(FOLLOW_CONTACT, moved);
  };
}

/** In the order of the index, so that neighbours share its pages. */
function pointsOf(writes: CrmWrites, kind: ContactKind): SqlValue[][] {
  const points = writes.newContacts.filter((point) => point.kind === kind);
  points.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  return points.map(({ value, customer }) => [kindNumber(kind), value, customer]);
}

import type { ContactPoint, CrmTables, CrossReference, CrossReferenceRow } from "../../store/crm-tables.ts";
import {
  CUSTOMER_COLUMNS,
  entityNumber,
  kindNumber,
  RECORD_COLUMNS,
  type StoredCustomer,
  toCustomer,
} from "../rows/crm-row.ts";
import { columnsOf, unnested } from "./columns.ts";
import { draw } from "./counter.ts";
import { type StoredHeadText, type StoredRecordText, toHeadFromText, toRecordFromText } from "./crm-row.ts";
import { crmWriter } from "./crm-write.ts";
import type { Sql } from "./sql.ts";

const HEADS = `SELECT id, external_id, customer, version, hash FROM source_record
  WHERE entity = $1 AND system = $2 AND external_id = ANY ($3::text[])`;
const RECORD = `SELECT ${RECORD_COLUMNS.join(", ")} FROM source_record`;
const RECORDS = `${RECORD} WHERE id = ANY ($1::bigint[])`;
const RECORDS_OF = `${RECORD} WHERE customer = ANY ($1::bigint[]) AND entity = 0`;
const CUSTOMERS = `SELECT ${CUSTOMER_COLUMNS.join(", ")} FROM customer WHERE id = ANY ($1::bigint[])`;
const WITH_CONTACT = "SELECT value, customer FROM contact_point WHERE kind = $1 AND value = ANY ($2::text[])";
const LINKS_TO = `SELECT l.system, l.external_id AS "externalId", l.record, r.customer FROM customer_link l
  JOIN source_record r ON r.id = l.record WHERE l.system = $1 AND l.external_id = ANY ($2::text[])`;
const CROSS_REFERENCE = `WITH RECURSIVE
  asked AS (
    SELECT n - 1 AS at, customer, target, system, external_id
    FROM unnest(${unnested(["bigint", "text", "text", "text"])})
      WITH ORDINALITY AS u (customer, target, system, external_id, n)),
  found (at, customer, target) AS (
    SELECT at, customer, target FROM asked WHERE customer IS NOT NULL
    UNION ALL
    SELECT a.at, r.customer, a.target FROM asked a
      JOIN source_record r ON r.entity = 0 AND r.system = a.system AND r.external_id = a.external_id),
  standing (at, customer, target, next) AS (
    SELECT f.at, c.id, f.target, c.merged_into FROM found f JOIN customer c ON c.id = f.customer
    UNION ALL
    SELECT s.at, c.id, s.target, c.merged_into FROM standing s JOIN customer c ON c.id = s.next)
  SELECT at, customer, (SELECT r.external_id FROM source_record r WHERE r.entity = 0 AND r.customer = s.customer
      AND r.system = s.target AND r.deleted = 0 ORDER BY r.id LIMIT 1) AS id
    FROM standing s WHERE next IS NULL`;

/** The CRM's tables in PostgreSQL. The writer is alone, so nothing needs to be locked. */
export function crmTables(sql: Sql): CrmTables {
  return {
    async lockCustomers() {},
    async reserve(customers, records) {
      return { customer: await draw(sql, "customer", customers), record: await draw(sql, "record", records) };
    },
    async heads(entity, system, externalIds) {
      const found = await sql.all<StoredHeadText>(HEADS, entityNumber(entity), system, externalIds);
      return found.map((row) => toHeadFromText(entity, system, row));
    },
    async records(ids) {
      return (await sql.all<StoredRecordText>(RECORDS, ids)).map(toRecordFromText);
    },
    async recordsOf(customers) {
      return (await sql.all<StoredRecordText>(RECORDS_OF, customers)).map(toRecordFromText);
    },
    async customers(ids) {
      return (await sql.all<StoredCustomer>(CUSTOMERS, ids)).map(toCustomer);
    },
    crossReference: (asked) =>
      sql.all<CrossReferenceRow>(CROSS_REFERENCE, ...columnsOf(asked.map(fromQuestion), 4)),
    async withContact(kind, values) {
      const found = await sql.all<Omit<ContactPoint, "kind">>(WITH_CONTACT, kindNumber(kind), values);
      return found.map(({ value, customer }) => ({ kind, value, customer }));
    },
    linksTo: (system, externalIds) => sql.all(LINKS_TO, system, externalIds),
    write: crmWriter(sql),
  };
}

function fromQuestion({ of, target }: CrossReference): readonly (string | number | null)[] {
  return typeof of === "number" ? [of, target, null, null] : [null, target, of.system, of.externalId];
}

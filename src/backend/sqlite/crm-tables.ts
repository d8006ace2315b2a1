import type {
  ContactPoint,
  CrmTables,
  CrossReference,
  CrossReferenceRow,
  Known,
  LinkRow,
} from "../../store/crm-tables.ts";
import {
  CUSTOMER_COLUMNS,
  entityNumber,
  kindNumber,
  RECORD_COLUMNS,
  type StoredCustomer,
  type StoredHead,
  type StoredRecord,
  toCustomer,
  toHead,
  toRecord,
} from "../rows/crm-row.ts";
import { counter } from "./counter.ts";
import { insertNewcomers } from "./crm-newcomers.ts";
import { crmWriter } from "./crm-write.ts";
import { indexNames } from "./customer-names.ts";
import type { Sql } from "./sql.ts";

const HEADS = `SELECT r.id, r.external_id, r.customer, r.version, r.hash FROM json_each(?3) k
  CROSS JOIN source_record r ON r.entity = ?1 AND r.system = ?2 AND r.external_id = k.value`;
/** A digit for each name, in their order: an index into `KNOWN`. Names come as members of an object with their hashes. */
const COMPARE = `SELECT group_concat(CASE WHEN r.id IS NULL THEN 0 WHEN r.hash = k.value THEN 1 ELSE 2 END, '') AS known
  FROM json_each(?3) k LEFT JOIN source_record r ON r.entity = ?1 AND r.system = ?2 AND r.external_id = k.key`;
const KNOWN: readonly Known[] = ["new", "same", "other"];
const RECORD = RECORD_COLUMNS.map((column) => `r.${column}`).join(", ");
const RECORDS = `SELECT ${RECORD} FROM json_each(?1) k CROSS JOIN source_record r ON r.id = k.value`;
const RECORDS_OF = `SELECT ${RECORD} FROM json_each(?1) k CROSS JOIN source_record r ON r.customer = k.value WHERE r.entity = 0`;
const UNASSIGNED = {
  phone: `SELECT ${RECORD} FROM json_each(?1) k CROSS JOIN source_record r ON r.phone = k.value
    WHERE r.customer IS NULL AND r.phone IS NOT NULL AND r.deleted = 0`,
  email: `SELECT ${RECORD} FROM json_each(?1) k CROSS JOIN source_record r ON r.email = k.value
    WHERE r.customer IS NULL AND r.email IS NOT NULL AND r.deleted = 0`,
};
const ANY_UNASSIGNED = {
  phone: "SELECT 1 FROM source_record WHERE customer IS NULL AND phone IS NOT NULL LIMIT 1",
  email: "SELECT 1 FROM source_record WHERE customer IS NULL AND email IS NOT NULL LIMIT 1",
};
const CUSTOMERS = `SELECT ${CUSTOMER_COLUMNS.map((column) => `c.${column}`).join(", ")} FROM json_each(?1) k
  CROSS JOIN customer c ON c.id = k.value`;
const WITH_CONTACT = `SELECT p.value, p.customer FROM json_each(?2) k
  CROSS JOIN contact_point p ON p.kind = ?1 AND p.value = k.value`;
const LINKS_TO = `SELECT l.system, l.external_id, l.record, r.customer FROM json_each(?2) k
  CROSS JOIN customer_link l ON l.system = ?1 AND l.external_id = k.value CROSS JOIN source_record r ON r.id = l.record`;
/** Each question as [customer, target, system, external id]. */
const CROSS_REFERENCE = `WITH RECURSIVE
  found(at, customer, target) AS (
    SELECT k.key, k.value ->> 0, k.value ->> 1 FROM json_each(?1) k WHERE k.value ->> 0 IS NOT NULL
    UNION ALL
    SELECT k.key, r.customer, k.value ->> 1 FROM json_each(?1) k
      CROSS JOIN source_record r ON r.entity = 0 AND r.system = k.value ->> 2 AND r.external_id = k.value ->> 3),
  standing(at, customer, target, next) AS (
    SELECT f.at, c.id, f.target, c.merged_into FROM found f CROSS JOIN customer c ON c.id = f.customer
    UNION ALL
    SELECT s.at, c.id, s.target, c.merged_into FROM standing s CROSS JOIN customer c ON c.id = s.next)
  SELECT at, customer, (SELECT r.external_id FROM source_record r WHERE r.entity = 0 AND r.customer = s.customer
      AND r.system = s.target AND r.deleted = 0 ORDER BY r.id LIMIT 1) AS id
    FROM standing s WHERE next IS NULL`;

/** The CRM's tables in the embedded database. The writer is alone, so nothing needs to be locked. */
export function crmTables(sql: Sql): CrmTables {
  const write = crmWriter(sql);
  const customers = counter(sql, "customer");
  const records = counter(sql, "record");
  let written = 0;
  return {
    async alone() {},
    async reserve(newCustomers, newRecords) {
      return { customer: customers(newCustomers), record: records(newRecords) };
    },
    async heads(entity, system, externalIds) {
      const found = sql.all<StoredHead>(HEADS, entityNumber(entity), system, distinct(externalIds));
      return found.map((row) => toHead(entity, system, row));
    },
    async compare(entity, system, externalIds, hashes) {
      const members = externalIds.map(
        (id, at) => `${JSON.stringify(id)}:${JSON.stringify(hashes[at] ?? null)}`,
      );
      const row = sql.get<{ known: string | null }>(
        COMPARE,
        entityNumber(entity),
        system,
        `{${members.join()}}`,
      );
      return Array.from(row?.known ?? "", (digit) => KNOWN[Number(digit)] as Known);
    },
    async records(ids) {
      return sql.all<StoredRecord>(RECORDS, distinct(ids)).map(toRecord);
    },
    async recordsOf(ids) {
      return sql.all<StoredRecord>(RECORDS_OF, distinct(ids)).map(toRecord);
    },
    async customers(ids) {
      return sql.all<StoredCustomer>(CUSTOMERS, distinct(ids)).map(toCustomer);
    },
    async unassigned(column, values) {
      // A first load asks for each newcomer, and mostly there are none.
      if (sql.get(ANY_UNASSIGNED[column]) === undefined) return [];
      return sql.all<StoredRecord>(UNASSIGNED[column], distinct(values)).map(toRecord);
    },
    async crossReference(asked) {
      return sql.all<CrossReferenceRow>(CROSS_REFERENCE, JSON.stringify(asked.map(fromQuestion)));
    },
    async withContact(kind, values) {
      const found = sql.all<Omit<ContactPoint, "kind">>(WITH_CONTACT, kindNumber(kind), distinct(values));
      return found.map(({ value, customer }) => ({ kind, value, customer }));
    },
    async linksTo(system, externalIds) {
      // Most repositories declare none; then the ids need not be looked up one by one.
      if (sql.get("SELECT 1 FROM customer_link LIMIT 1") === undefined) return [];
      type Row = Pick<LinkRow, "record"> & { readonly external_id: string; readonly customer: number | null };
      const found = sql.all<Row>(LINKS_TO, system, distinct(externalIds));
      return found.map((row) => ({
        system,
        externalId: row.external_id,
        record: row.record,
        customer: row.customer,
      }));
    },
    async write(writes) {
      written += 1;
      write(writes);
      if (writes.newCustomers.length > 0)
        indexNames(sql, Math.max(...writes.newCustomers.map(({ id }) => id)));
    },
    async arrive(newcomers, ids, now) {
      written += 1;
      insertNewcomers(sql, newcomers, ids, now);
      indexNames(sql, ids.customer + newcomers.rows.length - 1);
    },
    written: () => written,
  };
}

function fromQuestion({ of, target }: CrossReference): readonly (string | number | null)[] {
  return typeof of === "number" ? [of, target] : [null, target, of.system, of.externalId];
}

function distinct(values: readonly (string | number)[]): string {
  return JSON.stringify([...new Set(values)]);
}

import type { ContactPoint, CrmTables, CrossReference, CrossReferenceRow } from "../../store/crm-tables.ts";
import type { HeldLanes } from "../../store/lane-table.ts";
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
import { arrivals } from "./crm-arrive.ts";
import { type StoredHeadText, type StoredRecordText, toHeadFromText, toRecordFromText } from "./crm-row.ts";
import { crmWriter } from "./crm-write.ts";
import type { Sql } from "./sql.ts";

// Each key is looked up by a subquery of its own: the planner, which knows little of a table that grows, would else read
// all records of a system and pick those that were asked for.
const HEADS = `SELECT r.* FROM unnest($3::text[]) AS k (external_id) CROSS JOIN LATERAL (
    SELECT id, external_id, customer, version, hash FROM source_record
    WHERE entity = $1 AND system = $2 AND external_id = k.external_id LIMIT 1) AS r`;
const RECORD = `SELECT ${RECORD_COLUMNS.join(", ")} FROM source_record`;
const RECORDS = `${RECORD} WHERE id = ANY ($1::bigint[])`;
const RECORDS_OF = `${RECORD} WHERE customer = ANY ($1::bigint[]) AND entity = 0`;
const UNASSIGNED = {
  phone: `${RECORD} WHERE customer IS NULL AND phone = ANY ($1::text[]) AND deleted = 0 ORDER BY id`,
  email: `${RECORD} WHERE customer IS NULL AND email = ANY ($1::text[]) AND deleted = 0 ORDER BY id`,
};
const CUSTOMERS = `SELECT ${CUSTOMER_COLUMNS.join(", ")} FROM customer WHERE id = ANY ($1::bigint[])`;
const WITH_CONTACT = `SELECT p.* FROM unnest($2::text[]) AS k (value) CROSS JOIN LATERAL (
    SELECT value, customer FROM contact_point WHERE kind = $1 AND value = k.value OFFSET 0) AS p`;
const LINKS_TO = `SELECT l.system, l.external_id AS "externalId", l.record, r.customer
  FROM unnest($2::text[]) AS k (external_id) CROSS JOIN LATERAL (
    SELECT system, external_id, record FROM customer_link
    WHERE system = $1 AND external_id = k.external_id OFFSET 0) AS l
  JOIN source_record r ON r.id = l.record`;
const CROSS_REFERENCE = `WITH RECURSIVE
  asked AS (
    SELECT n - 1 AS at, customer, target, system, external_id
    FROM unnest(${unnested(["bigint", "text", "text", "text"])})
      WITH ORDINALITY AS u (customer, target, system, external_id, n)),
  found (at, customer, target) AS (
    SELECT at, customer, target FROM asked WHERE customer IS NOT NULL
    UNION ALL
    SELECT a.at, r.customer, a.target FROM asked a CROSS JOIN LATERAL (
      SELECT customer FROM source_record
      WHERE entity = 0 AND system = a.system AND external_id = a.external_id LIMIT 1) AS r),
  standing (at, customer, target, next) AS (
    SELECT f.at, c.id, f.target, c.merged_into FROM found f JOIN customer c ON c.id = f.customer
    UNION ALL
    SELECT s.at, c.id, s.target, c.merged_into FROM standing s JOIN customer c ON c.id = s.next)
  SELECT at, customer, (SELECT r.external_id FROM source_record r WHERE r.entity = 0 AND r.customer = s.customer
      AND r.system = s.target AND r.deleted = 0 ORDER BY r.id + 0 LIMIT 1) AS id
    FROM standing s WHERE next IS NULL`;

// Held to the end of the transaction, whoever else's connection waits for it.
const ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('tieline crm ' || $1, 0))";

/** How often the tables were written since the store was opened, over all its connections. */
export interface WriteCount {
  add(): void;
  now(): number;
}

/** What others write is not counted here; as long as some may, nothing is known to be as it was. */
export function writeCount(held: () => HeldLanes): WriteCount {
  let n = 0;
  let seen: HeldLanes | null = null;
  return {
    add: () => {
      n += 1;
    },
    now() {
      const present = held();
      // Who has all lanes from one time to another was alone between.
      if (!present.every || present !== seen) n += 1;
      seen = present;
      return n;
    },
  };
}

/** The CRM's tables in PostgreSQL. */
export function crmTables(sql: Sql, written: WriteCount, schema: string): CrmTables {
  const write = crmWriter(sql);
  const arrive = arrivals(sql);
  return {
    async alone() {
      sql.send(ALONE, schema);
    },
    async reserve(customers, records) {
      const drawn = [draw(sql, "customer", customers), draw(sql, "record", records)] as const;
      const [customer, record] = await Promise.all(drawn);
      return { customer, record };
    },
    async heads(entity, system, externalIds) {
      const found = await sql.all<StoredHeadText>(HEADS, entityNumber(entity), system, distinct(externalIds));
      return found.map((row) => toHeadFromText(entity, system, row));
    },
    async compare(entity, system, externalIds, hashes) {
      const found = await sql.all<StoredHeadText>(HEADS, entityNumber(entity), system, distinct(externalIds));
      const known = new Map(found.map((row) => [row.external_id, row.hash]));
      return externalIds.map((id, at) => {
        const hash = known.get(id);
        if (hash === undefined) return "new";
        return hash !== null && hash === hashes[at] ? "same" : "other";
      });
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
    async unassigned(column, values) {
      return (await sql.all<StoredRecordText>(UNASSIGNED[column], distinct(values))).map(toRecordFromText);
    },
    crossReference: (asked) =>
      sql.all<CrossReferenceRow>(CROSS_REFERENCE, ...columnsOf(asked.map(fromQuestion), 4)),
    async withContact(kind, values) {
      const found = await sql.all<Omit<ContactPoint, "kind">>(
        WITH_CONTACT,
        kindNumber(kind),
        distinct(values),
      );
      return found.map(({ value, customer }) => ({ kind, value, customer }));
    },
    linksTo: (system, externalIds) => sql.all(LINKS_TO, system, distinct(externalIds)),
    async write(writes) {
      written.add();
      write(writes);
    },
    async arrive(newcomers, ids, now) {
      written.add();
      arrive(newcomers, ids, now);
    },
    written: () => written.now(),
  };
}

function fromQuestion({ of, target }: CrossReference): readonly (string | number | null)[] {
  return typeof of === "number" ? [of, target, null, null] : [null, target, of.system, of.externalId];
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

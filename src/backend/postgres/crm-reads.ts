import type { CrmReads, HistoryPoint, SearchHit, SearchPoint } from "../../store/crm-reads.ts";
import type { ContactPoint } from "../../store/crm-tables.ts";
import {
  CUSTOMER_COLUMNS,
  entityNumber,
  kindNumber,
  RECORD_COLUMNS,
  type StoredCustomer,
  toCustomer,
} from "../rows/crm-row.ts";
import { type StoredHeadText, type StoredRecordText, toHeadFromText, toRecordFromText } from "./crm-row.ts";
import type { ReadSql } from "./sql.ts";

const RECORD = `SELECT ${RECORD_COLUMNS.join(", ")} FROM source_record`;
const CUSTOMERS = `SELECT ${CUSTOMER_COLUMNS.map((column) => `c.${column}`).join(", ")}
  FROM unnest($1::bigint[]) WITH ORDINALITY AS k (id, n) JOIN customer c ON c.id = k.id ORDER BY k.n`;
const RECORDS_OF = `SELECT ${RECORD_COLUMNS.map((column) => `r.${column}`).join(", ")}
  FROM unnest($1::bigint[]) WITH ORDINALITY AS k (customer, n)
  JOIN source_record r ON r.customer = k.customer AND r.entity = 0 ORDER BY k.n, r.id`;
const HEAD = `SELECT id, external_id, customer, version, hash FROM source_record
  WHERE entity = $1 AND system = $2 AND external_id = $3`;
const WITH_CONTACT = `SELECT p.value, p.customer FROM unnest($2::text[]) WITH ORDINALITY AS k (value, n)
  CROSS JOIN LATERAL (SELECT value, customer FROM contact_point WHERE kind = $1 AND value = k.value
    ORDER BY customer LIMIT $3) AS p
  ORDER BY k.n, p.customer`;

const OLDER = "(happened_at, id) < ($2, $3) AND deleted = 0 ORDER BY happened_at DESC, id DESC LIMIT $4";
const HISTORY = `${RECORD} WHERE customer = $1 AND entity <> 0 AND ${OLDER}`;
const UNASSIGNED = `${RECORD} WHERE customer IS NULL AND entity <> 0 AND (happened_at, id) < ($1, $2) AND deleted = 0
  ORDER BY happened_at DESC, id DESC LIMIT $3`;
const UNLINKED = {
  phone: `${RECORD} WHERE customer IS NULL AND phone = $1 AND ${OLDER}`,
  email: `${RECORD} WHERE customer IS NULL AND email = $1 AND ${OLDER}`,
};

const NAMED_LIKE = `SELECT folded AS key, id AS customer, name, status FROM customer
  WHERE alive = 1 AND folded >= $1 AND folded < $2 AND (folded, id) > ($3, $4) ORDER BY folded, id LIMIT $5`;
const CONTACTS_LIKE = `SELECT p.value AS key, p.customer, c.name, c.status FROM contact_point p
  JOIN customer c ON c.id = p.customer
  WHERE p.kind = $6 AND p.value >= $1 AND p.value < $2 AND (p.value, p.customer) > ($3, $4)
  ORDER BY p.value, p.customer LIMIT $5`;
/** Steps from one system to the next through the index, so that each is entered at the prefix. */
const IDS_LIKE = `WITH RECURSIVE known (system) AS (
    (SELECT system FROM source_record WHERE entity = 0 ORDER BY system LIMIT 1)
    UNION ALL
    SELECT (SELECT r.system FROM source_record r WHERE r.entity = 0 AND r.system > known.system
      ORDER BY r.system LIMIT 1) FROM known WHERE known.system IS NOT NULL)
  SELECT found.key, found.customer, found.name, found.status FROM known
  CROSS JOIN LATERAL (SELECT r.external_id AS key, r.customer, c.name, c.status FROM source_record r
    JOIN customer c ON c.id = r.customer
    WHERE r.entity = 0 AND r.system = known.system AND r.external_id >= $1 AND r.external_id < $2
      AND (r.external_id, r.customer) > ($3, $4) ORDER BY r.external_id LIMIT $5) AS found
  ORDER BY found.key, found.customer LIMIT $5`;

/** Reads of the customer repository over connections of their own. */
export function crmReads(sql: ReadSql): CrmReads {
  const like = (text: string, prefix: string, after: SearchPoint | null, limit: number, ...more: number[]) =>
    sql.all<SearchHit>(text, prefix, end(prefix), after?.key ?? "", after?.customer ?? -1, limit, ...more);
  const records = async (text: string, of: string | number, before: HistoryPoint | null, limit: number) =>
    (await sql.all<StoredRecordText>(text, of, ...older(before), limit)).map(toRecordFromText);
  return {
    async customers(ids) {
      return (await sql.all<StoredCustomer>(CUSTOMERS, ids)).map(toCustomer);
    },
    async recordsOf(customers) {
      return (await sql.all<StoredRecordText>(RECORDS_OF, customers)).map(toRecordFromText);
    },
    async head({ entity, system, externalId }) {
      const row = await sql.get<StoredHeadText>(HEAD, entityNumber(entity), system, externalId);
      return row === undefined ? undefined : toHeadFromText(entity, system, row);
    },
    async withContact(kind, values, limit) {
      const found = await sql.all<Omit<ContactPoint, "kind">>(WITH_CONTACT, kindNumber(kind), values, limit);
      return found.map(({ value, customer }) => ({ kind, value, customer }));
    },
    history: (customer, before, limit) => records(HISTORY, customer, before, limit),
    unlinked: (kind, value, before, limit) => records(UNLINKED[kind], value, before, limit),
    async unassigned(before, limit) {
      return (await sql.all<StoredRecordText>(UNASSIGNED, ...older(before), limit)).map(toRecordFromText);
    },
    namedLike: (prefix, after, limit) => like(NAMED_LIKE, prefix, after, limit),
    idsLike: (prefix, after, limit) => like(IDS_LIKE, prefix, after, limit),
    contactsLike: (kind, prefix, after, limit) => like(CONTACTS_LIKE, prefix, after, limit, kindNumber(kind)),
  };
}

/** Everything is older than a time beyond the last date there is (ECMA-262, 21.4.1.1). */
function older(before: HistoryPoint | null): [number, number] {
  return before === null ? [8.64e15 + 1, 0] : [before.at, before.record];
}

/** The least text above all that begin with the prefix, byte by byte. */
function end(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

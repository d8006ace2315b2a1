import type { CrmReads, HistoryPoint, SearchHit, SearchPoint } from "../../store/crm-reads.ts";
import type { ContactPoint } from "../../store/crm-tables.ts";
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
import { INDEXED } from "./customer-names.ts";
import type { Sql } from "./sql.ts";

const RECORD = `SELECT ${RECORD_COLUMNS.join(", ")} FROM source_record`;
const CUSTOMER = `SELECT ${CUSTOMER_COLUMNS.join(", ")} FROM customer WHERE id = ?`;
const RECORDS_OF = `${RECORD} WHERE customer = ? AND entity = 0 ORDER BY id`;
const HEAD = `SELECT id, external_id, customer, version, hash FROM source_record
  WHERE entity = ? AND system = ? AND external_id = ?`;
const WITH_CONTACT =
  "SELECT value, customer FROM contact_point WHERE kind = ? AND value = ? ORDER BY customer LIMIT ?";

const OLDER = "(happened_at, id) < (?2, ?3) AND deleted = 0 ORDER BY happened_at DESC, id DESC LIMIT ?4";
const HISTORY = `${RECORD} WHERE customer = ?1 AND entity <> 0 AND ${OLDER}`;
const UNASSIGNED = `${RECORD} WHERE customer IS NULL AND entity <> 0 AND (happened_at, id) < (?1, ?2) AND deleted = 0
  ORDER BY happened_at DESC, id DESC LIMIT ?3`;
const UNLINKED = {
  phone: `${RECORD} WHERE customer IS NULL AND phone = ?1 AND ${OLDER}`,
  email: `${RECORD} WHERE customer IS NULL AND email = ?1 AND ${OLDER}`,
};

/** New customers, that are not in the index yet. */
const NAMED_NEW = `SELECT folded AS key, id AS customer, name, status FROM customer
  WHERE id > (${INDEXED}) AND alive = 1 AND folded >= ?1 AND folded < ?2 AND (folded, id) > (?3, ?4)
  ORDER BY folded, id LIMIT ?5`;
/** Blocks of names that one statement asks: a call into the database costs more than a block. */
const BLOCKS = 8;
const NAMED_IN = (at: number): string => `SELECT * FROM (
  SELECT n.folded AS key, n.id AS customer, c.name, c.status FROM customer_name n CROSS JOIN customer c ON c.id = n.id
  WHERE n.block = ?${6 + at} AND n.folded >= ?1 AND n.folded < ?2 AND (n.folded, n.id) > (?3, ?4)
  ORDER BY n.folded, n.id LIMIT ?5)`;
const NAMED_LIKE = `SELECT * FROM (${Array.from({ length: BLOCKS }, (_, at) => NAMED_IN(at)).join(" UNION ALL ")})
  ORDER BY key, customer LIMIT ?5`;
/** Steps from one to the next through the index. */
const NAME_BLOCKS = `WITH RECURSIVE known(block) AS (
    SELECT min(block) FROM customer_name
    UNION ALL
    SELECT (SELECT min(block) FROM customer_name WHERE block > known.block) FROM known WHERE known.block IS NOT NULL)
  SELECT block FROM known WHERE block IS NOT NULL`;
const NO_BLOCK = -1;
const CONTACTS_LIKE = `SELECT p.value AS key, p.customer, c.name, c.status FROM contact_point p
  CROSS JOIN customer c ON c.id = p.customer
  WHERE p.kind = ?6 AND p.value >= ?1 AND p.value < ?2 AND (p.value, p.customer) > (?3, ?4)
  ORDER BY p.value, p.customer LIMIT ?5`;
/** Steps from one system to the next through the index, so that each is entered at the prefix. */
const IDS_LIKE = `WITH RECURSIVE known(system) AS (
    SELECT min(system) FROM source_record WHERE entity = 0
    UNION ALL
    SELECT (SELECT min(system) FROM source_record WHERE entity = 0 AND system > known.system) FROM known
      WHERE known.system IS NOT NULL)
  SELECT r.external_id AS key, r.customer, c.name, c.status FROM known
  CROSS JOIN source_record r ON r.entity = 0 AND r.system = known.system AND r.external_id >= ?1 AND r.external_id < ?2
  CROSS JOIN customer c ON c.id = r.customer
  WHERE (r.external_id, r.customer) > (?3, ?4) ORDER BY r.external_id, r.customer LIMIT ?5`;

/** Reads of the customer repository over a connection of their own. */
export function crmReads(sql: Sql): CrmReads {
  const between = (text: string, from: string, to: string, after: SearchPoint | null, ...more: number[]) =>
    sql.all<SearchHit>(text, from, to, after?.key ?? "", after?.customer ?? -1, ...more);
  const like = (text: string, prefix: string, after: SearchPoint | null, ...more: number[]) =>
    between(text, prefix, end(prefix), after, ...more);
  return {
    async customers(ids) {
      return ids.flatMap((id) => sql.all<StoredCustomer>(CUSTOMER, id)).map(toCustomer);
    },
    async recordsOf(customers) {
      return customers.flatMap((id) => sql.all<StoredRecord>(RECORDS_OF, id)).map(toRecord);
    },
    async head({ entity, system, externalId }) {
      const [row] = sql.all<StoredHead>(HEAD, entityNumber(entity), system, externalId);
      return row === undefined ? undefined : toHead(entity, system, row);
    },
    async withContact(kind, values, limit) {
      const found = values.flatMap((value) =>
        sql.all<Omit<ContactPoint, "kind">>(WITH_CONTACT, kindNumber(kind), value, limit),
      );
      return found.map(({ value, customer }) => ({ kind, value, customer }));
    },
    async history(customer, before, limit) {
      return sql.all<StoredRecord>(HISTORY, customer, ...older(before), limit).map(toRecord);
    },
    async unlinked(kind, value, before, limit) {
      return sql.all<StoredRecord>(UNLINKED[kind], value, ...older(before), limit).map(toRecord);
    },
    async unassigned(before, limit) {
      return sql.all<StoredRecord>(UNASSIGNED, ...older(before), limit).map(toRecord);
    },
    async namedLike(prefix, after, limit) {
      // First, since customers go from here to the index meanwhile.
      const recent = like(NAMED_NEW, prefix, after, limit);
      const blocks = sql.all<{ block: number }>(NAME_BLOCKS).map(({ block }) => block);
      let best: SearchHit[] = [];
      for (let at = 0; at < blocks.length; at += BLOCKS) {
        // Of equal names the lower id comes first, and ids rise from block to block.
        const to = best.length < limit ? end(prefix) : (best.at(-1) as SearchHit).key;
        const asked = Array.from({ length: BLOCKS }, (_, offset) => blocks[at + offset] ?? NO_BLOCK);
        const found = between(NAMED_LIKE, prefix, to, after, limit, ...asked);
        if (found.length > 0) best = [...best, ...found].sort(byKey).slice(0, limit);
      }
      const others = recent.filter(({ customer }) => best.every((hit) => hit.customer !== customer));
      return [...best, ...others].sort(byKey).slice(0, limit);
    },
    async idsLike(prefix, after, limit) {
      return like(IDS_LIKE, prefix, after, limit);
    },
    async contactsLike(kind, prefix, after, limit) {
      return like(CONTACTS_LIKE, prefix, after, limit, kindNumber(kind));
    },
  };
}

/** Everything is older than a time beyond the last date there is (ECMA-262, 21.4.1.1). */
function older(before: HistoryPoint | null): [number, number] {
  return before === null ? [8.64e15 + 1, 0] : [before.at, before.record];
}

/** As SQLite compares texts, byte by byte; equal ones stay in their order. */
function byKey(a: SearchHit, b: SearchHit): number {
  return a.key === b.key ? 0 : Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
}

/** The least text above all that begin with the prefix, as SQLite compares them: byte by byte. */
function end(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

import type { ContactColumn, Newcomers } from "../../store/crm-tables.ts";
import { kindNumber } from "../rows/crm-row.ts";
import { toText } from "../rows/row.ts";
import { placesOf } from "./columns.ts";
import type { Sql } from "./sql.ts";

// Ids follow those before the first. A list that is shorter than the others, or empty, is filled up with nulls.
const INSERT_CUSTOMERS = `INSERT INTO customer (id, name, folded, status, revision, created_at, updated_at, alive)
  SELECT $1::bigint + u.n, u.name, u.folded, u.status, 1, $2::bigint, $2::bigint, 1
  FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS u (name, folded, status, n)`;
const INSERT_RECORDS = `INSERT INTO source_record (id, customer, entity, deleted, system, flow_version, file, message,
    file_row, at, external_id, version, hash, body)
  SELECT $1::bigint + u.n, $2::bigint + u.n, 0, 0, $3::text, $4::bigint, $5::bigint, CASE WHEN $5 IS NULL THEN u.origin END,
    CASE WHEN $5 IS NOT NULL THEN u.origin END, coalesce(u.at, $6::bigint), u.external_id, u.version, u.hash,
    convert_from(substring($7::bytea FROM u.body_at FOR u.body_length), 'UTF8')
  FROM unnest($8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::integer[])
    WITH ORDINALITY AS u (origin, at, external_id, version, hash, body_at, body_length, n)`;
const INSERT_CONTACTS = `INSERT INTO contact_point (kind, value, customer) SELECT $1::smallint, u.value, $2::bigint + u.owner
  FROM unnest($3::text[], $4::integer[]) AS u (value, owner)`;

/** Stores newcomers by column, as they come: no row is made of them on the way. */
export function arrivals(
  sql: Sql,
): (newcomers: Newcomers, ids: { readonly customer: number; readonly record: number }, now: number) => void {
  return (newcomers, ids, now) => {
    const { names, folded, statuses, system, flowVersion, file, at, rows, externalIds } = newcomers;
    const { bytes, lengths } = newcomers.values;
    const sizes = Array.from(lengths);
    const [all, each] = typeof at === "number" ? [at, []] : [null, at];
    sql.send(INSERT_CUSTOMERS, ids.customer - 1, now, names, someOf(folded), someOf(statuses));
    sql.send(
      INSERT_RECORDS,
      ...[ids.record - 1, ids.customer - 1, system, flowVersion, file, all, bytes, rows, each, externalIds],
      ...[someOf(newcomers.versions.map(toText)), someOf(newcomers.hashes), placesOf(sizes), sizes],
    );
    for (const { kind, values, owners } of newcomers.contacts.filter(hasSome))
      sql.send(INSERT_CONTACTS, kindNumber(kind), ids.customer, values, Array.from(owners));
  };
}

function hasSome({ values }: ContactColumn): boolean {
  return values.length > 0;
}

/** Nothing where all are null, which is what the statement makes of it. */
function someOf(values: readonly (string | null)[]): readonly (string | null)[] {
  return values.every((value) => value === null) ? [] : values;
}

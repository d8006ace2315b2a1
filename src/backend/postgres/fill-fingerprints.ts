import type { Client } from "pg";
import type { Failure } from "../../errors.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { fromText, stateOf } from "../rows/row.ts";

/** Rows that are looked at between two changes, so that memory holds few. */
const PORTION = 1_000;

interface Row {
  readonly id: string;
  readonly state: number;
  readonly outcomes: string | null;
  readonly failure: string;
}

/** Names the causes of what failed before they had names, in the transaction that is open. */
export async function fillFingerprints(client: Client): Promise<void> {
  await fill(client, "message", "place", "outcomes");
  await fill(client, "delivery", "id", "NULL AS outcomes");
}

async function fill(client: Client, table: string, id: string, outcomes: string): Promise<void> {
  const select = `SELECT ${id}::text AS id, state, ${outcomes}, failure FROM ${table}
    WHERE ${id} > $1 AND failure IS NOT NULL AND state IN (4, 5) ORDER BY ${id} LIMIT $2`;
  let rows: readonly Row[];
  let after = "0";
  do {
    ({ rows } = await client.query<Row>(select, [after, PORTION]));
    const found = rows.map((row) =>
      fingerprintOf({
        state: stateOf(row.state),
        outcomes: fromText<Record<string, string>>(row.outcomes),
        failure: fromText<Failure>(row.failure),
      }),
    );
    await client.query(
      `UPDATE ${table} t SET fingerprint = u.fingerprint FROM unnest($1::bigint[], $2::text[]) AS u (id, fingerprint)
       WHERE t.${id} = u.id AND u.fingerprint IS NOT NULL`,
      [rows.map((row) => row.id), found],
    );
    after = rows.at(-1)?.id ?? after;
  } while (rows.length === PORTION);
}

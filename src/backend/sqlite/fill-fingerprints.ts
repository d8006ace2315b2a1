import type { Failure } from "../../errors.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { fromText, stateOf } from "../rows/row.ts";
import type { Sql } from "./sql.ts";

/** Rows that are looked at between two changes, so that memory holds few. */
const PORTION = 1_000;

interface Row {
  readonly id: number;
  readonly state: number;
  readonly outcomes: string | null;
  readonly failure: string;
}

/** Names the causes of what failed before they had names. */
export function fillFingerprints(sql: Sql): void {
  fill(sql, "message", "place", "outcomes");
  fill(sql, "delivery", "id", "NULL AS outcomes");
}

function fill(sql: Sql, table: string, id: string, outcomes: string): void {
  const select = `SELECT ${id} AS id, state, ${outcomes}, failure FROM ${table}
    WHERE ${id} > ? AND failure IS NOT NULL AND state IN (4, 5) ORDER BY ${id} LIMIT ?`;
  let rows: readonly Row[];
  let after = 0;
  do {
    rows = sql.all<Row>(select, after, PORTION);
    for (const row of rows) {
      const fingerprint = fingerprintOf({
        state: stateOf(row.state),
        outcomes: fromText<Record<string, string>>(row.outcomes),
        failure: fromText<Failure>(row.failure),
      });
      if (fingerprint !== null)
        sql.run(`UPDATE ${table} SET fingerprint = ? WHERE ${id} = ?`, fingerprint, row.id);
      after = row.id;
    }
  } while (rows.length === PORTION);
}

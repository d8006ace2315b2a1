import { type Scope, scopeId } from "../rows/error-group.ts";
import { type MuteRow, mutesOf } from "../rows/mute.ts";
import { MOST_PARKED } from "../rows/pending-row.ts";
import { causesOf, membersOf } from "./query-error-groups.ts";
import type { ReadSql } from "./sql.ts";

/**
 * Parked ones of a scope whose cause nobody has muted; null where nothing is muted. Counted cause by cause, since those
 * that are muted may be very many.
 */
export async function countUnmuted(
  sql: ReadSql,
  scope: Scope,
  mutes: readonly MuteRow[],
): Promise<number | null> {
  if (mutesOf(mutes, scope).size === 0) return null;
  const causes = (await causesOf(sql, scope, mutes)).filter(({ muted }) => muted === null);
  const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${membersOf(scope)} AND fingerprint = $2 AND state = 4 LIMIT $3) AS part`;
  const counts = await Promise.all(
    causes.map(({ fingerprint }) => sql.get<{ n: number }>(text, scopeId(scope), fingerprint, MOST_PARKED)),
  );
  return Math.min(
    MOST_PARKED,
    counts.reduce((sum, row) => sum + (row?.n ?? 0), 0),
  );
}

import type { Scope } from "../rows/error-group.ts";
import { scopeId } from "../rows/error-group.ts";
import { type MuteRow, mutesOf } from "../rows/mute.ts";
import { MOST_PARKED } from "../rows/pending-row.ts";
import { causesOf, membersOf } from "./query-error-groups.ts";
import type { Sql } from "./sql.ts";

/**
 * Parked ones of a scope whose cause nobody has muted; null where nothing is muted. Counted cause by cause, since those
 * that are muted may be very many.
 */
export function countUnmuted(sql: Sql, scope: Scope, mutes: readonly MuteRow[]): number | null {
  if (mutesOf(mutes, scope).size === 0) return null;
  let n = 0;
  for (const { fingerprint, muted } of causesOf(sql, scope, mutes)) {
    if (muted !== null || n >= MOST_PARKED) continue;
    const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${membersOf(scope)} AND fingerprint = ?2 AND state = 4 LIMIT ?3)`;
    n += sql.get<{ n: number }>(text, scopeId(scope), fingerprint, MOST_PARKED)?.n ?? 0;
  }
  return Math.min(n, MOST_PARKED);
}

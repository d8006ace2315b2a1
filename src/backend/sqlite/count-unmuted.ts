import type { Scope } from "../rows/error-group.ts";
import { scopeId } from "../rows/error-group.ts";
import { type MuteRow, mutesOf } from "../rows/mute.ts";
import { MOST_PARKED } from "../rows/pending-row.ts";
import { causesOf, membersOf } from "./query-error-groups.ts";
import type { Sql } from "./sql.ts";

/**
 * Parked ones of a scope whose cause nobody has muted; null where nothing is muted. Counted cause by cause, since those
 * that are muted may be very many. A person parks without a cause: of such, those among the newest are counted.
 */
export function countUnmuted(sql: Sql, scope: Scope, mutes: readonly MuteRow[]): number | null {
  if (mutesOf(mutes, scope).size === 0) return null;
  let n = scope.route === null ? parkedByHand(sql, scope.flow) : 0;
  for (const { fingerprint, muted } of causesOf(sql, scope, mutes)) {
    if (muted !== null || n >= MOST_PARKED) continue;
    const text = `SELECT count(*) AS n FROM (SELECT 1 FROM ${membersOf(scope)} AND fingerprint = ?2 AND state = 4 LIMIT ?3)`;
    n += sql.get<{ n: number }>(text, scopeId(scope), fingerprint, MOST_PARKED)?.n ?? 0;
  }
  return Math.min(n, MOST_PARKED);
}

function parkedByHand(sql: Sql, flow: number): number {
  const row = sql.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT fingerprint FROM message INDEXED BY message_state
       WHERE state = 4 AND state IN (1, 2, 4) AND flow = ? ORDER BY place DESC LIMIT ?) WHERE fingerprint IS NULL`,
    flow,
    MOST_PARKED,
  );
  return row?.n ?? 0;
}

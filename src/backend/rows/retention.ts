import { KEPT, type Kept } from "../../message/kept.ts";
import type { RetentionState } from "../../store/retention-table.ts";

/** Messages of which nothing is under way; `m` is one. Each look-up follows an index, and is never made for all at once. */
export function isFinished(before: string, now: string): string {
  return `m.state = 5 AND (m.finished_at < ${before}) IS TRUE
    AND (SELECT count(*) FROM delivery d WHERE d.message = m.place AND ((d.state = 5 AND d.finished_at < ${before}) IS NOT TRUE
      OR (SELECT count(*) FROM blocked_key k WHERE k.scope = d.route AND k.key = d.key AND k.by = d.id) > 0
      OR (SELECT count(*) FROM bundle b JOIN bundle_row r ON r.bundle = b.id AND r.message = d.message AND r.delivery = d.id
        WHERE b.id = (SELECT max(id) FROM bundle WHERE route = d.route) AND b.state <> 'done') > 0)) = 0
    AND (SELECT count(*) FROM event e
      WHERE e.flow = m.flow AND e.id = m.event AND e.message = m.place AND e.expires > ${now}) = 0
    AND (SELECT count(*) FROM file f WHERE f.id = m.file
      AND (f.state IN ('running', 'stopped') OR f.settled = 0 OR f.reported = 0)) = 0
    AND (SELECT count(*) FROM blocked_key k WHERE k.scope = -m.flow AND k.key = m.key AND k.by = m.place) = 0`;
}

/** A stopped file waits for a person. The newest stays, since its number would else be given again. */
export function isOldFile(before: string): string {
  return `f.state IN ('done', 'rejected', 'duplicate') AND f.settled = 1 AND f.reported = 1
    AND (f.finished_at < ${before}) IS TRUE AND f.id < (SELECT max(id) FROM file)
    AND (SELECT min(m.file_row) FROM message m WHERE m.file IS NOT NULL AND m.file = f.id) IS NULL`;
}

/** By the newest bundle and the last closed slot of a route the next is begun. */
export function oldBundle(before: string): string {
  return `SELECT b.id FROM bundle b WHERE b.state = 'done' AND b.finished_at < ${before}
    AND b.id < (SELECT max(id) FROM bundle WHERE route = b.route) AND b.id < (SELECT max(id) FROM bundle)
    AND b.slot < (SELECT max(slot) FROM bundle WHERE route = b.route AND closes = 1) ORDER BY b.id LIMIT 1`;
}

/** A mute holds for the next alert of its rule and subject. */
export function oldAlerts(before: string, now: string, limit: string): string {
  return `SELECT id FROM alert WHERE resolved_at < ${before} AND told = 'resolved'
    AND (muted_until > ${now}) IS NOT TRUE AND id < (SELECT max(id) FROM alert) ORDER BY id LIMIT ${limit}`;
}

/** What one step of a walk looked at. */
export interface Looked {
  readonly id: number;
  /** When it came: what came after `before` was finished later still. */
  readonly begun: number;
  readonly old: number | boolean;
}

/** Where the walk goes on; it ends where all that was looked at came too late, since what follows came later. */
export function nextStep(looked: readonly Looked[], before: number, limit: number): number | null {
  if (looked.length < limit || looked.every(({ begun }) => begun >= before)) return null;
  return looked.at(-1)?.id ?? null;
}

/** A row of the table of what was forgotten. */
export interface ForgottenColumns {
  readonly kind: string;
  readonly n: number;
  readonly last: number;
  readonly at: number;
}

/** The row that says when sweeps ended, and how many. */
export const SWEEP = "sweep";

export function toRetention(
  rows: readonly ForgottenColumns[],
  oldest: RetentionState["oldest"],
): RetentionState {
  const of = (kind: string): ForgottenColumns | undefined => rows.find((row) => row.kind === kind);
  const one = (kind: Kept) => [kind, { n: of(kind)?.n ?? 0, last: of(kind)?.last ?? 0 }] as const;
  return {
    sweptAt: of(SWEEP)?.at ?? null,
    forgotten: Object.fromEntries(KEPT.map(one)) as RetentionState["forgotten"],
    oldest,
  };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import type { LedgerEntry } from "../fakes/ledger.ts";
import type { Posted } from "./producer.ts";

/** What every fault prints. */
export interface FaultTable {
  readonly acked: number;
  readonly appliedOnce: number;
  readonly parked: number;
  readonly duplicateRequests: number;
  readonly duplicateEffects: number;
  readonly orderViolations: number;
  readonly lost: number;
  readonly drainMs: number;
}

interface MessageRow {
  place: number;
  key: string;
  state: number;
  outcomes: string | null;
  event: string | null;
}

/** The hub's own books, read from its database after it has stopped. */
export function hubBooks(dir: string): {
  readonly messages: readonly MessageRow[];
  readonly applied: number;
  readonly accepted: number;
  readonly notes: ReadonlyMap<string, string>;
} {
  const path = join(dir, "data", "tieline.db");
  if (!existsSync(path)) throw new Error(`there is no database in ${dir}`);
  const sql = openSql(path, "reader");
  try {
    const flow = sql.get<{ id: number }>("SELECT id FROM flow WHERE name = 'events'")?.id ?? 0;
    const messages = sql.all<MessageRow>("SELECT place, key, state, outcomes, event FROM message WHERE flow = ? ORDER BY place", flow);
    const tally = (outcome: string, target: string): number =>
      sql.get<{ n: number | null }>(
        `SELECT sum(t.n) AS n FROM tally t LEFT JOIN route r ON r.id = t.route
         WHERE t.flow = ? AND t.outcome = ? AND coalesce(r.target, '') = ?`,
        flow,
        outcome,
        target,
      )?.n ?? 0;
    const notes = sql.all<{ external_id: string; body: string }>(
      `SELECT external_id, body FROM source_record WHERE entity = 1`,
    );
    return {
      messages,
      applied: tally("applied", "crm.interaction"),
      accepted: tally("accepted", ""),
      notes: new Map(notes.map((row) => [row.external_id, row.body])),
    };
  } finally {
    sql.close();
  }
}

/** Joins the sender's ledger, the hub's books and the target's ledger. Names of columns: see FaultTable. */
export function judge(dir: string, acked: readonly Posted[], target: readonly LedgerEntry[] | null, drainMs: number): FaultTable {
  const books = hubBooks(dir);
  const byEvent = new Map<string, MessageRow[]>();
  for (const row of books.messages) {
    if (row.event === null) continue;
    byEvent.set(row.event, [...(byEvent.get(row.event) ?? []), row]);
  }
  let appliedOnce = 0;
  let parked = 0;
  let lost = 0;
  for (const one of acked) {
    const rows = byEvent.get(one.id) ?? [];
    if (rows.length === 0) lost += 1;
    else if (rows.some((row) => row.state === 4)) parked += 1;
    else if (rows.length === 1 && rows[0]?.state === 5 && books.notes.has(one.id)) appliedOnce += 1;
    else lost += 1;
  }
  // The tally is written in the effect's own transaction: more applied than messages would be a second effect.
  const crmDuplicates = Math.max(0, books.applied - books.messages.filter((row) => row.state === 5).length);
  const twice = [...byEvent.values()].filter((rows) => rows.length > 1).length;
  const effects = target?.filter((entry) => entry.effect) ?? [];
  const effectIds = new Set(effects.map((entry) => entry.id));
  const requests = target?.length ?? 0;
  return {
    acked: acked.length,
    appliedOnce,
    parked,
    duplicateRequests: target === null ? 0 : requests - new Set(target.map((entry) => entry.id)).size,
    duplicateEffects: crmDuplicates + twice + (effects.length - effectIds.size),
    orderViolations: disorder(books.messages) + (target === null ? 0 : targetDisorder(effects)),
    lost,
    drainMs: Math.round(drainMs),
  };
}

/** Places must rise with the sender's order: event ids end with the number. */
function disorder(messages: readonly MessageRow[]): number {
  const last = new Map<string, number>();
  let wrong = 0;
  for (const row of messages) {
    const n = Number(row.event?.slice(row.event.lastIndexOf("-") + 1));
    if (n < (last.get(row.key) ?? 0)) wrong += 1;
    last.set(row.key, n);
  }
  return wrong;
}

/** Effects of one key must rise in sequence. */
function targetDisorder(effects: readonly LedgerEntry[]): number {
  const last = new Map<string, number>();
  let wrong = 0;
  for (const effect of effects) {
    if (effect.sequence < (last.get(effect.key) ?? 0)) wrong += 1;
    last.set(effect.key, effect.sequence);
  }
  return wrong;
}

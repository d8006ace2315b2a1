import type { Kept } from "../../message/kept.ts";
import type { RetentionState } from "../../store/retention-table.ts";
import { type ForgottenColumns, isFinished, toRetention } from "../rows/retention.ts";
import type { Sql } from "./sql.ts";

/** Later than any instant. */
const ALWAYS = Number.MAX_SAFE_INTEGER;
const OLDEST = `SELECT f.name AS flow, (SELECT m.finished_at FROM message m WHERE m.place IN
    (SELECT place FROM message INDEXED BY message_flow WHERE flow = f.id ORDER BY place LIMIT 1000)
    AND ${isFinished("?1", "?2")} ORDER BY m.place LIMIT 1) AS finishedAt FROM flow f ORDER BY f.name`;

export function readRetention(sql: Sql, now: number): RetentionState {
  const oldest = sql
    .all<{ flow: string; finishedAt: number | null }>(OLDEST, ALWAYS, now)
    .flatMap(({ flow, finishedAt }) => (finishedAt === null ? [] : [{ flow, finishedAt }]));
  return toRetention(sql.all<ForgottenColumns>("SELECT kind, n, last, at FROM forgotten"), oldest);
}

export function readForgotten(sql: Sql, kind: Kept, number: number): boolean {
  return sql.get("SELECT 1 FROM forgotten WHERE kind = ? AND last >= ?", kind, number) !== undefined;
}

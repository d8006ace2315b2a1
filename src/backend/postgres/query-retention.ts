import type { Kept } from "../../message/kept.ts";
import type { RetentionState } from "../../store/retention-table.ts";
import { type ForgottenColumns, isFinished, toRetention } from "../rows/retention.ts";
import type { ReadSql } from "./sql.ts";

/** Later than any instant. */
const ALWAYS = Number.MAX_SAFE_INTEGER;
const OLDEST = `SELECT f.name AS flow, o.finished_at AS "finishedAt" FROM flow f CROSS JOIN LATERAL (
    SELECT m.finished_at FROM (SELECT * FROM message WHERE flow = f.id ORDER BY place LIMIT 1000) AS m
    WHERE ${isFinished("$1", "$2")} ORDER BY m.place LIMIT 1) AS o ORDER BY f.name`;

export async function readRetention(sql: ReadSql, now: number): Promise<RetentionState> {
  const [rows, oldest] = await Promise.all([
    sql.all<ForgottenColumns>("SELECT kind, n, last, at FROM forgotten"),
    sql.all<{ flow: string; finishedAt: number }>(OLDEST, ALWAYS, now),
  ]);
  return toRetention(rows, oldest);
}

export async function readForgotten(sql: ReadSql, kind: Kept, number: number): Promise<boolean> {
  const text = "SELECT 1 AS one FROM forgotten WHERE kind = $1 AND last >= $2";
  return (await sql.get(text, kind, number)) !== undefined;
}

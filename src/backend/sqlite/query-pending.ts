import type { LaneBacklog, Pending } from "../../store/queries.ts";
import type { MuteRow } from "../rows/mute.ts";
import { MOST_PARKED, MOST_QUEUED, MOST_WAITING, type PendingRow, toPending } from "../rows/pending-row.ts";
import { countUnmuted } from "./count-unmuted.ts";
import { readMutes } from "./mute-table.ts";
import { flowNames } from "./query-flows.ts";
import type { Sql } from "./sql.ts";

/** Every question is answered from the front of a partial index, whatever the backlog. */
export function readPending(sql: Sql, now: number): readonly Pending[] {
  const names = flowNames(sql);
  const mutes = readMutes(sql, now);
  const flows = names.ids.map((id) => ofMessages(sql, id, names.nameOf(id), mutes));
  return [...flows, ...names.ids.flatMap((id) => ofDeliveries(sql, id, names.nameOf(id), mutes))];
}

function ofMessages(sql: Sql, id: number, flow: string, mutes: readonly MuteRow[]): Pending {
  const at = (where: string): number | null =>
    sql.get<{ at: number }>(
      `SELECT accepted_at AS at FROM message INDEXED BY ${where} ORDER BY place LIMIT 1`,
      id,
    )?.at ?? null;
  const parked = sql.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM message INDEXED BY message_state
       WHERE state = 4 AND state IN (1, 2, 4) AND flow = ? LIMIT ?)`,
    id,
    MOST_PARKED,
  );
  const row = {
    ...{ flow, to: null, parked: parked?.n ?? 0 },
    queued: at("message_queued WHERE state = 0 AND flow = ?"),
    waiting: at("message_state WHERE state = 1 AND state IN (1, 2, 4) AND flow = ?"),
  };
  return toPending(row, countUnmuted(sql, { flow: id, route: null, to: null }, mutes));
}

function ofDeliveries(sql: Sql, flow: number, name: string, mutes: readonly MuteRow[]): readonly Pending[] {
  const rows = sql.all<PendingRow & { readonly id: number }>(
    `SELECT id, ? AS flow, target AS "to",
       (SELECT created_at FROM delivery INDEXED BY delivery_queued
        WHERE state = 0 AND delivery.route = route.id ORDER BY id LIMIT 1) AS queued,
       (SELECT min(created_at) FROM (SELECT route AS r, created_at FROM delivery INDEXED BY delivery_state
          WHERE state = 1 AND state <> 5 AND delivery.flow = route.flow ORDER BY message LIMIT ?) WHERE r = route.id) AS waiting,
       (SELECT count(*) FROM (SELECT route AS r FROM delivery INDEXED BY delivery_state
          WHERE state = 4 AND state <> 5 AND delivery.flow = route.flow LIMIT ?) WHERE r = route.id) AS parked
     FROM route WHERE flow = ? AND target NOT LIKE 'crm.%' AND target NOT LIKE 'topic:%' ORDER BY id`,
    name,
    MOST_WAITING,
    MOST_PARKED,
    flow,
  );
  return rows.map((row) => toPending(row, countUnmuted(sql, { flow, route: row.id, to: row.to }, mutes)));
}

export function readQueuedLanes(sql: Sql): LaneBacklog {
  const counts = new Map<number, number>();
  let left = MOST_QUEUED;
  for (const flow of flowNames(sql).ids) {
    const rows = sql.all<{ lane: number }>(
      "SELECT lane FROM message INDEXED BY message_queued WHERE state = 0 AND flow = ? ORDER BY place LIMIT ?",
      flow,
      left,
    );
    for (const { lane } of rows) counts.set(lane, (counts.get(lane) ?? 0) + 1);
    left -= rows.length;
  }
  return { lanes: counts.size, most: Math.max(0, ...counts.values()) };
}

import type { LaneBacklog, Pending } from "../../store/queries.ts";
import { MOST_PARKED, MOST_QUEUED, MOST_WAITING, type PendingRow, toPending } from "../rows/pending-row.ts";
import { countUnmuted } from "./count-unmuted.ts";
import { readMutes } from "./mute-table.ts";
import type { ReadSql } from "./sql.ts";

/** Every question is answered from the front of a partial index, whatever the backlog. */
const OF_MESSAGES = `SELECT f.id AS "flowId", NULL::bigint AS route, f.name AS flow, NULL AS "to",
    (SELECT accepted_at FROM message WHERE state = 0 AND flow = f.id ORDER BY place LIMIT 1) AS queued,
    (SELECT accepted_at FROM message WHERE state = 1 AND flow = f.id ORDER BY place LIMIT 1) AS waiting,
    (SELECT count(*) FROM (SELECT 1 FROM message WHERE state = 4 AND flow = f.id LIMIT ${MOST_PARKED}) AS part) AS parked
  FROM flow f ORDER BY f.id`;

const OF_DELIVERIES = `SELECT f.id AS "flowId", r.id AS route, f.name AS flow, r.target AS "to",
    (SELECT created_at FROM delivery WHERE state = 0 AND route = r.id ORDER BY id LIMIT 1) AS queued,
    (SELECT min(created_at) FROM (SELECT route, created_at FROM delivery WHERE state = 1 AND flow = f.id
       ORDER BY message LIMIT ${MOST_WAITING}) AS part WHERE part.route = r.id) AS waiting,
    (SELECT count(*) FROM (SELECT route FROM delivery WHERE state = 4 AND flow = f.id
       ORDER BY message LIMIT ${MOST_PARKED}) AS part WHERE part.route = r.id) AS parked
  FROM flow f JOIN route r ON r.flow = f.id
  WHERE r.target NOT LIKE 'crm.%' AND r.target NOT LIKE 'topic:%' ORDER BY f.id, r.id`;

interface Row extends PendingRow {
  readonly flowId: number;
  readonly route: number | null;
}

export async function readPending(sql: ReadSql, now: number): Promise<readonly Pending[]> {
  const mutes = await readMutes(sql, now);
  const rows = [...(await sql.all<Row>(OF_MESSAGES)), ...(await sql.all<Row>(OF_DELIVERIES))];
  return Promise.all(
    rows.map(async (row) =>
      toPending(row, await countUnmuted(sql, { flow: row.flowId, route: row.route, to: row.to }, mutes)),
    ),
  );
}

const QUEUED_LANES = `SELECT count(*) AS lanes, coalesce(max(n), 0) AS most FROM (SELECT count(*) AS n FROM (
    SELECT lane FROM message WHERE state = 0 LIMIT ${MOST_QUEUED}) AS part GROUP BY lane) AS lanes`;

export async function readQueuedLanes(sql: ReadSql): Promise<LaneBacklog> {
  return (await sql.get<LaneBacklog>(QUEUED_LANES)) ?? { lanes: 0, most: 0 };
}

import type { FlowTable, RouteRow, UnderWay } from "../../store/flow-table.ts";
import {
  type FlowColumns,
  MOST_UNDER_WAY,
  toFlow,
  toVersion,
  type VersionColumns,
} from "../rows/flow-row.ts";
import type { Sql } from "./sql.ts";

const ALL = `SELECT f.id, f.name, f.version, v.hash, f.accepting, f.running, f.problem, v.deployed_at
  FROM flow f LEFT JOIN flow_version v ON v.id = f.version ORDER BY f.name`;
const IN_USE = `SELECT version FROM message WHERE state = 0
  UNION SELECT version FROM message WHERE state IN (1, 2, 4)
  UNION SELECT version FROM file WHERE state = 'running'
  UNION SELECT version FROM flow WHERE version IS NOT NULL`;

const UNDER_WAY = `SELECT (SELECT count(*) FROM (
    SELECT 1 FROM flow_version v JOIN message m ON m.flow = v.flow AND m.version = v.id AND m.state = 0 WHERE v.id = $1
    UNION ALL SELECT 1 FROM flow_version v JOIN message m
      ON m.flow = v.flow AND m.version = v.id AND m.state IN (1, 2, 4) WHERE v.id = $1
    LIMIT ${MOST_UNDER_WAY}) AS part) AS messages,
  (SELECT count(*) FROM file WHERE version = $1 AND state = 'running') AS files`;
const IS_FORMER = `SELECT 1 AS one FROM flow f JOIN flow_version v ON v.flow = f.id
  WHERE f.name = $1 AND v.hash = $2 AND f.version <> v.id`;

export function flowTable(sql: Sql): FlowTable {
  return {
    async all() {
      return (await sql.all<FlowColumns>(ALL)).map(toFlow);
    },
    routes: () => sql.all<RouteRow>('SELECT id, flow, target AS "to", stopped FROM route ORDER BY id'),
    async deploy(name, hash, texts, routes, at) {
      sql.send("INSERT INTO flow (name) VALUES ($1) ON CONFLICT DO NOTHING", name);
      const flow = (await sql.get<{ id: number }>("SELECT id FROM flow WHERE name = $1", name))?.id ?? 0;
      sql.send(
        `INSERT INTO flow_version (flow, hash, texts, deployed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        ...[flow, hash, JSON.stringify(texts), at],
      );
      sql.send(
        `INSERT INTO route (flow, target) SELECT $1::bigint, target FROM unnest($2::text[]) WITH ORDINALITY AS u (target, n)
         ORDER BY n ON CONFLICT DO NOTHING`,
        flow,
        routes,
      );
      const row = await sql.get<VersionColumns>(
        "SELECT id, flow, hash, texts, deployed_at FROM flow_version WHERE flow = $1 AND hash = $2",
        flow,
        hash,
      );
      if (row === undefined) throw new Error("the flow version was not stored");
      sql.send("UPDATE flow SET version = $2, problem = NULL WHERE id = $1", flow, row.id);
      const muted =
        "DELETE FROM muted_cause WHERE flow = $1 AND until IS NULL AND version IS DISTINCT FROM $2";
      sql.send(muted, flow, row.id);
      return toVersion(row);
    },
    async version(id) {
      const row = await sql.get<VersionColumns>(
        "SELECT id, flow, hash, texts, deployed_at FROM flow_version WHERE id = $1",
        id,
      );
      return row === undefined ? undefined : toVersion(row);
    },
    async withdraw(flow) {
      sql.send("UPDATE flow SET version = NULL, problem = NULL WHERE id = $1", flow);
    },
    async underWay(version) {
      return (await sql.get<UnderWay>(UNDER_WAY, version)) ?? { messages: 0, files: 0 };
    },
    isFormer: async (name, hash) => (await sql.get(IS_FORMER, name, hash)) !== undefined,
    async versionsInUse() {
      return (await sql.all<{ version: number }>(IN_USE)).map((row) => row.version);
    },
    async setProblem(name, problem) {
      sql.send(
        `INSERT INTO flow (name, problem) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET problem = excluded.problem`,
        name,
        problem,
      );
    },
    async setPaused(flow, accepting, running) {
      sql.send(
        "UPDATE flow SET accepting = $2, running = $3 WHERE id = $1",
        ...[flow, Number(accepting), Number(running)],
      );
    },
    async setStopped(route, reason) {
      sql.send("UPDATE route SET stopped = $2 WHERE id = $1", route, reason);
    },
  };
}

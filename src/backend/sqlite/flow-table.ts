import type { FlowTable, RouteRow, UnderWay } from "../../store/flow-table.ts";
import {
  type FlowColumns,
  MOST_UNDER_WAY,
  toFlow,
  toVersion,
  type VersionColumns,
} from "../rows/flow-row.ts";
import type { Sql } from "./sql.ts";

const SELECT_FLOW = `SELECT f.id, f.name, f.version, v.hash, f.accepting, f.running, f.problem, v.deployed_at
  FROM flow f LEFT JOIN flow_version v ON v.id = f.version`;

export function flowTable(sql: Sql): FlowTable {
  return {
    async all() {
      return sql.all<FlowColumns>(`${SELECT_FLOW} ORDER BY f.name`).map(toFlow);
    },
    async routes() {
      return sql.all<RouteRow>('SELECT id, flow, target AS "to", stopped FROM route ORDER BY id');
    },
    async deploy(name, hash, texts, routes, at) {
      sql.run("INSERT OR IGNORE INTO flow (name) VALUES (?)", name);
      const flow = sql.get<{ id: number }>("SELECT id FROM flow WHERE name = ?", name)?.id ?? 0;
      sql.run(
        "INSERT OR IGNORE INTO flow_version (flow, hash, texts, deployed_at) VALUES (?, ?, ?, ?)",
        flow,
        hash,
        JSON.stringify(texts),
        at,
      );
      for (const to of routes) sql.run("INSERT OR IGNORE INTO route (flow, target) VALUES (?, ?)", flow, to);
      const row = sql.get<VersionColumns>(
        "SELECT * FROM flow_version WHERE flow = ? AND hash = ?",
        flow,
        hash,
      );
      if (row === undefined) throw new Error("the flow version was not stored");
      sql.run("UPDATE flow SET version = ?, problem = NULL WHERE id = ?", row.id, flow);
      const muted = "DELETE FROM muted_cause WHERE flow = ? AND until IS NULL AND version IS NOT ?";
      sql.run(muted, flow, row.id);
      return toVersion(row);
    },
    async version(id) {
      const row = sql.get<VersionColumns>("SELECT * FROM flow_version WHERE id = ?", id);
      return row === undefined ? undefined : toVersion(row);
    },
    async withdraw(flow) {
      sql.run("UPDATE flow SET version = NULL, problem = NULL WHERE id = ?", flow);
    },
    async underWay(version) {
      const row = sql.get<UnderWay>(
        `SELECT (SELECT count(*) FROM (
             SELECT 1 FROM flow_version v JOIN message m INDEXED BY message_queued
               ON m.flow = v.flow AND m.version = v.id AND m.state = 0 WHERE v.id = ?1
             UNION ALL SELECT 1 FROM flow_version v JOIN message m INDEXED BY message_open
               ON m.flow = v.flow AND m.version = v.id AND m.state IN (1, 2, 4) WHERE v.id = ?1
             LIMIT ?2)) AS messages,
           (SELECT count(*) FROM file WHERE version = ?1 AND state = 'running') AS files`,
        version,
        MOST_UNDER_WAY,
      );
      return row ?? { messages: 0, files: 0 };
    },
    async isFormer(name, hash) {
      const found = sql.get(
        `SELECT 1 FROM flow f JOIN flow_version v ON v.flow = f.id WHERE f.name = ? AND v.hash = ? AND f.version <> v.id`,
        name,
        hash,
      );
      return found !== undefined;
    },
    async versionsInUse() {
      const rows = sql.all<{ version: number }>(
        `SELECT DISTINCT version FROM message WHERE state = 0 UNION
         SELECT DISTINCT version FROM message WHERE state IN (1, 2, 4) UNION
         SELECT DISTINCT version FROM file WHERE state = 'running' UNION
         SELECT version FROM flow WHERE version IS NOT NULL`,
      );
      return rows.map((row) => row.version);
    },
    async setProblem(name, problem) {
      sql.run(
        "INSERT INTO flow (name, problem) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET problem = excluded.problem",
        name,
        problem,
      );
    },
    async setPaused(flow, accepting, running) {
      sql.run(
        "UPDATE flow SET accepting = ?, running = ? WHERE id = ?",
        accepting ? 1 : 0,
        running ? 1 : 0,
        flow,
      );
    },
    async setStopped(route, reason) {
      sql.run("UPDATE route SET stopped = ? WHERE id = ?", reason, route);
    },
  };
}

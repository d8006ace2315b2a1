import type { FlowVersion } from "../../store/queries.ts";
import { toVersions, type VersionList } from "../rows/flow-row.ts";
import type { Sql } from "./sql.ts";

export function listVersions(sql: Sql, flow: number): readonly FlowVersion[] {
  const rows = sql.all<VersionList>(
    `SELECT v.id, v.hash, v.deployed_at AS at, v.id = (SELECT version FROM flow WHERE id = v.flow) AS used
     FROM flow_version v WHERE v.flow = ? ORDER BY v.id DESC`,
    flow,
  );
  return toVersions(rows);
}

export function readTexts(
  sql: Sql,
  flow: number,
  hash: string,
): Readonly<Record<string, string>> | undefined {
  const row = sql.get<{ texts: string }>(
    "SELECT texts FROM flow_version WHERE flow = ? AND hash = ?",
    flow,
    hash,
  );
  return row === undefined ? undefined : (JSON.parse(row.texts) as Record<string, string>);
}

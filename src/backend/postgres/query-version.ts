import type { FlowVersion } from "../../store/queries.ts";
import { toVersions, type VersionList } from "../rows/flow-row.ts";
import type { ReadSql } from "./sql.ts";

export async function listVersions(sql: ReadSql, flow: number): Promise<readonly FlowVersion[]> {
  const rows = await sql.all<VersionList>(
    `SELECT v.id, v.hash, v.deployed_at AS at, v.id = f.version AS used
     FROM flow_version v JOIN flow f ON f.id = v.flow WHERE v.flow = $1 ORDER BY v.id DESC`,
    flow,
  );
  return toVersions(rows);
}

export async function readTexts(
  sql: ReadSql,
  flow: number,
  hash: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const row = await sql.get<{ texts: string }>(
    "SELECT texts FROM flow_version WHERE flow = $1 AND hash = $2",
    flow,
    hash,
  );
  return row === undefined ? undefined : (JSON.parse(row.texts) as Record<string, string>);
}

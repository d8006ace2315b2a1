import type { FlowRow, VersionRow } from "../../store/flow-table.ts";
import type { FlowVersion } from "../../store/queries.ts";

/** No more messages of a version than this are counted. */
export const MOST_UNDER_WAY = 10_000;

export interface VersionColumns {
  id: number;
  flow: number;
  hash: string;
  texts: string;
  deployed_at: number;
}

export interface FlowColumns {
  id: number;
  name: string;
  version: number | null;
  hash: string | null;
  accepting: number;
  running: number;
  problem: string | null;
  deployed_at: number | null;
}

export function toFlow(row: FlowColumns): FlowRow {
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    hash: row.hash,
    accepting: row.accepting === 1,
    running: row.running === 1,
    problem: row.problem,
    deployedAt: row.deployed_at,
  };
}

export function toVersion(row: VersionColumns): VersionRow {
  return {
    id: row.id,
    flow: row.flow,
    hash: row.hash,
    texts: JSON.parse(row.texts) as Record<string, string>,
    deployedAt: row.deployed_at,
  };
}

export interface VersionList {
  readonly id: number;
  readonly hash: string;
  readonly at: number;
  /** Null when no version of the flow is in force. */
  readonly used: number | boolean | null;
}

export function toVersions(rows: readonly VersionList[]): readonly FlowVersion[] {
  return rows.map(({ id, hash, at, used }) => ({ id, hash, deployedAt: at, inForce: Boolean(used) }));
}

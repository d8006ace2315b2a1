import type { Failure } from "../../errors.ts";
import type { BundleRow, BundleState } from "../../store/bundle-table.ts";

export interface BundleColumns {
  id: number;
  flow: number;
  route: number;
  slot: number;
  part: number;
  closes: number;
  state: string;
  deliveries: number;
  sequence: number;
  failure: string | null;
  answer: string | null;
  started_at: number;
  finished_at: number | null;
}

export function toBundle(row: BundleColumns): BundleRow {
  return {
    id: row.id,
    flow: row.flow,
    route: row.route,
    slot: row.slot,
    part: row.part,
    closes: row.closes === 1,
    state: row.state as BundleState,
    rows: row.deliveries,
    sequence: row.sequence,
    failure: row.failure === null ? null : (JSON.parse(row.failure) as Failure),
    answer: row.answer,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

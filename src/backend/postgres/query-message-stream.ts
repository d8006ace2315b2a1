import { ERRORS } from "../../errors.ts";
import type { State } from "../../message/outcome.ts";
import type { MessageFilter } from "../../store/queries.ts";
import type { Position } from "../rows/positions.ts";
import { stateNumber } from "../rows/row.ts";
import type { Sql, SqlValue } from "./sql.ts";

/** Positions below `before`, falling, from one index; fewer than `limit` means that there are no more. */
export type Stream = (before: number, limit: number) => Promise<readonly Position[]>;

/**
 * The index walks that together meet every message the filter wants, and few others. Several streams are merged by
 * their reader; a message may come in more than one.
 * @param flows ids of the flows to look at: the filter's, or all
 */
export function chooseStreams(sql: Sql, filter: MessageFilter, flows: readonly number[]): readonly Stream[] {
  const walk = (text: string, ...values: SqlValue[]): Stream => {
    const numbered = text.replaceAll(/\?(before|limit)/g, (_, what: string) =>
      what === "before" ? `$${values.length + 1}` : `$${values.length + 2}`,
    );
    return (before, limit) => sql.all<Position>(numbered, ...values, before, limit);
  };
  if (filter.key !== undefined) return [walk(BY_KEY, filter.key)];
  if (filter.code !== undefined) return [walk(BY_CODE, filter.code), walk(BY_DELIVERY_CODE, filter.code)];
  if (filter.file !== undefined) return [walk(BY_FILE, filter.file)];
  if (filter.state !== undefined && filter.state !== "done") {
    const own = OWN_STATE[filter.state];
    const state = stateNumber(filter.state);
    return flows.flatMap((flow) => [
      ...(own === undefined ? [] : [walk(own, flow)]),
      walk(BY_DELIVERY_STATE, flow, state),
    ]);
  }
  // What was rejected has a failure, and failures have few codes.
  if (filter.outcome === "rejected") return Object.keys(ERRORS).map((code) => walk(BY_CODE, code));
  if (filter.flow !== undefined) return flows.map((flow) => walk(BY_FLOW, flow));
  return [walk(BY_PLACE)];
}

const TAIL = "AND place < ?before ORDER BY place DESC LIMIT ?limit";
const BY_PLACE =
  "SELECT place AS at, place FROM message WHERE place < ?before ORDER BY place DESC LIMIT ?limit";
const BY_KEY = `SELECT place AS at, place FROM message WHERE key = $1 ${TAIL}`;
const BY_FLOW = `SELECT place AS at, place FROM message WHERE flow = $1 ${TAIL}`;
const BY_FILE = `SELECT file_row AS at, place FROM message WHERE file = $1 AND file_row < ?before
  ORDER BY file_row DESC LIMIT ?limit`;
const BY_CODE = `SELECT place AS at, place FROM message WHERE code = $1 ${TAIL}`;
const BY_DELIVERY_CODE = `SELECT message AS at, message AS place FROM delivery WHERE code = $1 AND message < ?before
  ORDER BY message DESC LIMIT ?limit`;
const BY_DELIVERY_STATE = `SELECT message AS at, message AS place FROM delivery WHERE state <> 5 AND state = $2
  AND flow = $1 AND message < ?before ORDER BY message DESC LIMIT ?limit`;

/** A partial index serves only a query whose text says its condition, so the numbers stand in it. */
const OWN_STATE: Readonly<Partial<Record<State, string>>> = {
  queued: ownState(0),
  waiting: ownState(1),
  held: ownState(2),
  parked: ownState(4),
};

function ownState(state: number): string {
  return `SELECT place AS at, place FROM message WHERE state = ${state} AND flow = $1 ${TAIL}`;
}

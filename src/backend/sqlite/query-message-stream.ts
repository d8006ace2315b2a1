import { ERRORS } from "../../errors.ts";
import type { State } from "../../message/outcome.ts";
import type { MessageFilter } from "../../store/queries.ts";
import type { Position } from "../rows/positions.ts";
import { stateNumber } from "../rows/row.ts";
import type { Sql, SqlValue } from "./sql.ts";

/** Positions below `before`, falling, from one index; fewer than `limit` means that there are no more. */
export type Stream = (before: number, limit: number) => readonly Position[];

/**
 * The index walks that together meet every message the filter wants, and few others. Several streams are merged by
 * their reader; a message may come in more than one.
 * @param flows ids of the flows to look at: the filter's, or all
 */
export function chooseStreams(sql: Sql, filter: MessageFilter, flows: readonly number[]): readonly Stream[] {
  const walk = (text: string, ...values: SqlValue[]): Stream => {
    return (before, limit) => sql.all<Position>(text, ...values, before, limit);
  };
  if (filter.key !== undefined) return [walk(BY_KEY, filter.key)];
  if (filter.code !== undefined) return [walk(BY_CODE, filter.code), walk(BY_DELIVERY_CODE, filter.code)];
  if (filter.file !== undefined) return [walk(BY_FILE, filter.file)];
  if (filter.state !== undefined && filter.state !== "done") {
    const own = OWN_STATE[filter.state];
    const state = stateNumber(filter.state);
    return flows.flatMap((flow) => [
      ...(own === undefined ? [] : [walk(own, flow)]),
      walk(BY_DELIVERY_STATE, state, flow),
    ]);
  }
  // What was rejected has a failure, and failures have few codes.
  if (filter.outcome === "rejected") return Object.keys(ERRORS).map((code) => walk(BY_CODE, code));
  if (filter.flow !== undefined) return flows.map((flow) => walk(BY_FLOW, flow));
  return [walk(BY_PLACE)];
}

const TAIL = "AND place < ? ORDER BY place DESC LIMIT ?";
const BY_PLACE = "SELECT place AS at, place FROM message WHERE place < ? ORDER BY place DESC LIMIT ?";
const BY_KEY = `SELECT place AS at, place FROM message INDEXED BY message_key WHERE key = ? ${TAIL}`;
const BY_FLOW = `SELECT place AS at, place FROM message INDEXED BY message_flow WHERE flow = ? ${TAIL}`;
const BY_FILE = `SELECT file_row AS at, place FROM message INDEXED BY message_file
  WHERE file = ? AND file_row < ? ORDER BY file_row DESC LIMIT ?`;
const BY_CODE = `SELECT place AS at, place FROM message INDEXED BY message_failed
  WHERE failure IS NOT NULL AND failure ->> 'code' = ? ${TAIL}`;
const BY_DELIVERY_CODE = `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_failed
  WHERE failure IS NOT NULL AND failure ->> 'code' = ? AND message < ? ORDER BY message DESC LIMIT ?`;
const BY_DELIVERY_STATE = `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_state
  WHERE state <> 5 AND state = ? AND flow = ? AND message < ? ORDER BY message DESC LIMIT ?`;

/** A partial index serves only a query that repeats its condition word for word, so the numbers stand in the text. */
const OWN_STATE: Readonly<Partial<Record<State, string>>> = {
  queued: `SELECT place AS at, place FROM message INDEXED BY message_queued WHERE state = 0 AND flow = ? ${TAIL}`,
  waiting: atRest(1),
  held: atRest(2),
  parked: atRest(4),
};

function atRest(state: number): string {
  return `SELECT place AS at, place FROM message INDEXED BY message_state
    WHERE state IN (1, 2, 4) AND state = ${state} AND flow = ? ${TAIL}`;
}

import type { MessageFilter } from "../../store/queries.ts";
import type { Position } from "../rows/positions.ts";
import { chooseWalks, type Ended, holdsEnd, leadingEnds, type Walk } from "../rows/walks.ts";
import { ENDED, LATE, LATE_DELIVERY } from "./schema.ts";
import type { Sql } from "./sql.ts";

/** Positions below `before`, falling, from one index; fewer than `limit` means that there are no more. */
export type Stream = (before: number, limit: number) => readonly Position[];

/**
 * @param flows ids of the flows to look at: the filter's, or all
 * @param from as `chooseWalks` wants it
 */
export function chooseStreams(
  sql: Sql,
  filter: MessageFilter,
  flows: readonly number[],
  from: number,
): readonly Stream[] {
  return chooseWalks(
    filter,
    flows,
    endedOf(sql, filter, flows),
    from,
    (along, ...values): Stream =>
      (before, limit) =>
        sql.all<Position>(TEXTS[along], ...values, before, limit),
  );
}

/** The outcomes that messages of these flows ended with, from one to the next along the index: not row by row. */
function endedOf(sql: Sql, filter: MessageFilter, flows: readonly number[]): readonly Ended[] {
  const ends = leadingEnds(filter);
  if (ends.length === 0) return [];
  const found: Ended[] = [];
  for (const flow of flows) {
    for (let next = nextEnded(sql, flow, ""); next !== undefined; next = nextEnded(sql, flow, next.outcomes))
      if (holdsEnd(next, ends)) found.push(next);
  }
  return found;
}

function nextEnded(sql: Sql, flow: number, after: string): Ended | undefined {
  return sql.get<Ended>(
    `SELECT flow, outcomes FROM message INDEXED BY message_ended
     WHERE ${ENDED} AND flow = ? AND outcomes > ? ORDER BY outcomes LIMIT 1`,
    flow,
    after,
  );
}

const TAIL = "AND place < ? ORDER BY place DESC LIMIT ?";

/** A partial index serves only a query that repeats its condition word for word, so the numbers stand in the text. */
const TEXTS: Readonly<Record<Walk, string>> = {
  place: "SELECT place AS at, place FROM message WHERE place < ? ORDER BY place DESC LIMIT ?",
  key: `SELECT place AS at, place FROM message INDEXED BY message_key WHERE key = ? ${TAIL}`,
  flow: `SELECT place AS at, place FROM message INDEXED BY message_flow WHERE flow = ? AND place >= ? ${TAIL}`,
  file: `SELECT file_row AS at, place FROM message INDEXED BY message_file
    WHERE file = ? AND file_row < ? ORDER BY file_row DESC LIMIT ?`,
  code: `SELECT place AS at, place FROM message INDEXED BY message_failed
    WHERE failure IS NOT NULL AND failure ->> 'code' = ? ${TAIL}`,
  "delivery-code": `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_failed
    WHERE failure IS NOT NULL AND failure ->> 'code' = ? AND message < ? ORDER BY message DESC LIMIT ?`,
  "delivery-state": `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_state
    WHERE state <> 5 AND state = ? AND flow = ? AND message < ? ORDER BY message DESC LIMIT ?`,
  failing: `SELECT place AS at, place FROM message INDEXED BY message_failing
    WHERE fingerprint IS NOT NULL AND flow = ? AND fingerprint = ? ${TAIL}`,
  "delivery-failing": `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_failing
    WHERE fingerprint IS NOT NULL AND route = ? AND fingerprint = ? AND message < ? ORDER BY message DESC LIMIT ?`,
  ended: `SELECT place AS at, place FROM message INDEXED BY message_ended
    WHERE ${ENDED} AND flow = ? AND outcomes = ? AND place >= ? ${TAIL}`,
  "delivery-ended": `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_ended
    WHERE outcome <> 'applied' AND outcome = ? AND flow = ? AND message >= ? AND message < ?
    ORDER BY message DESC LIMIT ?`,
  late: `SELECT place AS at, place FROM message INDEXED BY message_late WHERE ${LATE} AND flow = ? ${TAIL}`,
  "delivery-late": `SELECT message AS at, message AS place FROM delivery INDEXED BY delivery_late
    WHERE ${LATE_DELIVERY} AND flow = ? AND message < ? ORDER BY message DESC LIMIT ?`,
  queued: `SELECT place AS at, place FROM message INDEXED BY message_queued WHERE state = 0 AND flow = ? ${TAIL}`,
  waiting: atRest(1),
  held: atRest(2),
  parked: atRest(4),
};

function atRest(state: number): string {
  return `SELECT place AS at, place FROM message INDEXED BY message_state
    WHERE state IN (1, 2, 4) AND state = ${state} AND flow = ? ${TAIL}`;
}

import type { MessageFilter } from "../../store/queries.ts";
import type { Position } from "../rows/positions.ts";
import { chooseWalks, type Walk } from "../rows/walks.ts";
import type { ReadSql } from "./sql.ts";

/** Positions below `before`, falling, from one index; fewer than `limit` means that there are no more. */
type Stream = (before: number, limit: number) => Promise<readonly Position[]>;

/** @param flows ids of the flows to look at: the filter's, or all */
export function chooseStreams(
  sql: ReadSql,
  filter: MessageFilter,
  flows: readonly number[],
): readonly Stream[] {
  return chooseWalks(
    filter,
    flows,
    (along, ...values): Stream =>
      (before, limit) =>
        sql.all<Position>(TEXTS[along], ...values, before, limit),
  );
}

const MESSAGES = "SELECT place AS at, place FROM message WHERE";
const DELIVERIES = "SELECT message AS at, message AS place FROM delivery WHERE";
const TAIL = "AND place < $2 ORDER BY place DESC LIMIT $3";

/** A partial index serves only a query whose text says its condition, so the numbers stand in it. */
const TEXTS: Readonly<Record<Walk, string>> = {
  place: `${MESSAGES} place < $1 ORDER BY place DESC LIMIT $2`,
  key: `${MESSAGES} key = $1 ${TAIL}`,
  flow: `${MESSAGES} flow = $1 ${TAIL}`,
  file: "SELECT file_row AS at, place FROM message WHERE file = $1 AND file_row < $2 ORDER BY file_row DESC LIMIT $3",
  code: `${MESSAGES} code = $1 ${TAIL}`,
  "delivery-code": `${DELIVERIES} code = $1 AND message < $2 ORDER BY message DESC LIMIT $3`,
  "delivery-state": `${DELIVERIES} state <> 5 AND state = $1 AND flow = $2 AND message < $3 ORDER BY message DESC LIMIT $4`,
  queued: `${MESSAGES} state = 0 AND flow = $1 ${TAIL}`,
  waiting: atRest(1),
  held: atRest(2),
  parked: atRest(4),
};

function atRest(state: number): string {
  return `${MESSAGES} state IN (1, 2, 4) AND state = ${state} AND flow = $1 ${TAIL}`;
}

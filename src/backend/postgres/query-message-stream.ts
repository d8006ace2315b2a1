import type { MessageFilter } from "../../store/queries.ts";
import type { Position } from "../rows/positions.ts";
import { chooseWalks, type Ended, holdsEnd, leadingEnds, type Walk } from "../rows/walks.ts";
import { ENDED, KIND, KIND_LENGTH, LATE, LATE_DELIVERY } from "./schema.ts";
import type { ReadSql } from "./sql.ts";

/** Positions below `before`, falling, from one index; fewer than `limit` means that there are no more. */
type Stream = (before: number, limit: number) => Promise<readonly Position[]>;

/**
 * @param flows ids of the flows to look at: the filter's, or all
 * @param lowest as `chooseWalks` wants it
 */
export async function chooseStreams(
  sql: ReadSql,
  filter: MessageFilter,
  flows: readonly number[],
  lowest: number,
): Promise<readonly Stream[]> {
  const ended = await endedOf(sql, filter, flows);
  return chooseWalks(
    filter,
    flows,
    ended,
    lowest,
    (along, ...values): Stream =>
      (before, limit) =>
        sql.all<Position>(TEXTS[along], ...values, before, limit),
  );
}

/** The outcomes that messages of these flows ended with, from one to the next along the index: not row by row. */
async function endedOf(
  sql: ReadSql,
  filter: MessageFilter,
  flows: readonly number[],
): Promise<readonly Ended[]> {
  const ends = leadingEnds(filter);
  if (ends.length === 0) return [];
  const found = flows.map((flow) =>
    sql.all<Ended>(
      `WITH RECURSIVE found (outcomes) AS (
         SELECT min(${KIND}) FROM message WHERE ${ENDED} AND flow = $1
         UNION ALL SELECT (SELECT min(${KIND}) FROM message WHERE ${ENDED} AND flow = $1 AND ${KIND} > found.outcomes)
         FROM found WHERE found.outcomes IS NOT NULL)
       SELECT $1::bigint AS flow, outcomes FROM found WHERE outcomes IS NOT NULL`,
      flow,
    ),
  );
  return (await Promise.all(found)).flat().filter((one) => holdsEnd(one, ends, KIND_LENGTH));
}

const MESSAGES = "SELECT place AS at, place FROM message WHERE";
const DELIVERIES = "SELECT message AS at, message AS place FROM delivery WHERE";
const TAIL = "AND place < $2 ORDER BY place DESC LIMIT $3";

/** A partial index serves only a query whose text says its condition, so the numbers stand in it. */
const TEXTS: Readonly<Record<Walk, string>> = {
  place: `${MESSAGES} place < $1 ORDER BY place DESC LIMIT $2`,
  key: `${MESSAGES} key = $1 ${TAIL}`,
  flow: `${MESSAGES} flow = $1 AND place >= $2 AND place < $3 ORDER BY place DESC LIMIT $4`,
  file: "SELECT file_row AS at, place FROM message WHERE file = $1 AND file_row < $2 ORDER BY file_row DESC LIMIT $3",
  code: `${MESSAGES} code = $1 ${TAIL}`,
  "delivery-code": `${DELIVERIES} code = $1 AND message < $2 ORDER BY message DESC LIMIT $3`,
  "delivery-state": `${DELIVERIES} state <> 5 AND state = $1 AND flow = $2 AND message < $3 ORDER BY message DESC LIMIT $4`,
  failing: `${MESSAGES} fingerprint IS NOT NULL AND flow = $1 AND fingerprint = $2 AND place < $3 ORDER BY place DESC LIMIT $4`,
  "delivery-failing": `${DELIVERIES} fingerprint IS NOT NULL AND route = $1 AND fingerprint = $2 AND message < $3 ORDER BY message DESC LIMIT $4`,
  ended: `${MESSAGES} ${ENDED} AND flow = $1 AND ${KIND} = $2 AND place >= $3 AND place < $4 ORDER BY place DESC LIMIT $5`,
  "delivery-ended": `${DELIVERIES} outcome <> 'applied' AND outcome = $1 AND flow = $2 AND message >= $3 AND message < $4 ORDER BY message DESC LIMIT $5`,
  late: `${MESSAGES} ${LATE} AND flow = $1 ${TAIL}`,
  "delivery-late": `${DELIVERIES} ${LATE_DELIVERY} AND flow = $1 AND message < $2 ORDER BY message DESC LIMIT $3`,
  queued: `${MESSAGES} state = 0 AND flow = $1 ${TAIL}`,
  waiting: atRest(1),
  held: atRest(2),
  parked: atRest(4),
};

function atRest(state: number): string {
  return `${MESSAGES} state IN (1, 2, 4) AND state = ${state} AND flow = $1 ${TAIL}`;
}

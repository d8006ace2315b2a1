import { join } from "node:path";
import type * as SqlModule from "../../src/backend/sqlite/sql.ts";
import type { Sql } from "../../src/backend/sqlite/sql.ts";
import { compiled } from "./compiled.ts";

/** So many messages are parked, and so many rejected, however many are stored; they lie evenly among the others. */
export const FAILING = 5_000;
const WAITING = 500;
const DISCARDED = 100;
/** Messages of one key. */
const OF_A_KEY = 25;
/** A message comes every two seconds, so that more of them are a longer time and not a busier one; the fewest fill a day. */
const APART_MS = 2_000;
/** Messages of one statement. */
const PORTION = 100_000;

/** Flows the messages are of in turn; the last one's go to `shop.customer` too. */
export const FLOWS = ["customers", "customers-1", "customers-2"];

export interface Fill {
  readonly data: string;
  readonly messages: number;
  /** When the last was accepted, milliseconds since 1970. */
  readonly until: number;
  readonly note: (line: string) => void;
}

/**
 * Fills the store of a hub that has stopped as if it had worked for long. Rows are made by the database, since
 * accepting them one by one would take hours; the indexes are made afterwards, from their own definitions.
 */
export async function fillHistory({ data, messages, until, note }: Fill): Promise<void> {
  const { openSql } = await compiled<typeof SqlModule>("src/backend/sqlite/sql");
  const sql = openSql(join(data, "tieline.db"), "writer");
  // Nothing is lost that could not be made again; the hub sets both anew when it opens the file.
  sql.script("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144");
  const indexes = sql.all<{ name: string; text: string }>(
    "SELECT name, sql AS text FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('message', 'delivery')",
  );
  for (const { name } of indexes) sql.script(`DROP INDEX ${name}`);
  describe(sql, messages, until);
  for (let from = 1; from <= messages; from += PORTION) {
    const to = Math.min(messages, from + PORTION - 1);
    sql.script(`BEGIN; ${made(from, to)} ${ROWS} DROP TABLE temp.made; COMMIT`);
    if (to % 1_000_000 === 0) note(`${to} of ${messages} messages`);
  }
  for (const { text } of indexes) sql.script(text);
  note("indexes made");
  sql.script(`BEGIN; ${TALLIES} COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
  sql.close();
}

/** What the statements read: the ids of flows, versions and routes, and the sizes. */
function describe(sql: Sql, messages: number, until: number): void {
  sql.script(`
    CREATE TEMP TABLE size AS SELECT ${messages} AS n, ${messages / FAILING} AS failing, ${messages / WAITING} AS waiting,
      ${messages / DISCARDED} AS discarded, ${messages / OF_A_KEY} AS keys, ${until} AS until;
    CREATE TEMP TABLE line AS SELECT f.id AS flow, f.version, f.name, i.value AS turn,
      (SELECT id FROM route WHERE flow = f.id AND target = 'crm.customer') AS crm,
      (SELECT id FROM route WHERE flow = f.id AND target = 'shop.customer') AS shop
      FROM json_each('[0,1,2]') i JOIN flow f ON f.name = json_extract('${JSON.stringify(FLOWS)}', '$[' || i.value || ']')`);
  const found = sql.get<{ n: number }>("SELECT count(*) AS n FROM line WHERE version IS NOT NULL");
  if (found?.n !== FLOWS.length) throw new Error("the flows of the history are not in force");
}

function made(from: number, to: number): string {
  return `CREATE TEMP TABLE made AS
    WITH RECURSIVE i (place) AS (SELECT ${from} UNION ALL SELECT place + 1 FROM i WHERE place < ${to})
    SELECT i.place, l.flow, l.version, l.crm, l.shop, 'K' || printf('%08d', i.place % s.keys) AS key,
      s.until - (s.n - i.place) * ${APART_MS} AS at,
      CASE WHEN i.place % s.failing = 1 THEN 'parked' WHEN i.place % s.failing = 2 THEN 'rejected'
        WHEN i.place % s.waiting = 3 THEN 'waiting' WHEN i.place % s.discarded = 4 THEN 'discarded'
        WHEN i.place % 7 = 0 THEN 'unchanged' ELSE 'applied' END AS fate
    FROM i JOIN temp.line l ON l.turn = i.place % 3, temp.size s;`;
}

/** One of twenty reasons. */
const FAILURE = `json_object('code', 'TL_ACCEPTS_FAILED', 'message', 'order ' || place || ' is not as it should be',
  'place', json_object('field', '/lines/' || char(97 + place / 7 % 20)))`;
const CAUSE = "printf('%s%011d', CASE fate WHEN 'parked' THEN 'a' ELSE 'b' END, place / 7 % 20)";
/** What failed at the other system has parked its delivery, not the message. */
const OWN = "(CASE WHEN fate = 'parked' AND shop IS NOT NULL THEN 'applied' ELSE fate END)";

const ROWS = `
  INSERT INTO message (place, flow, version, lane, key, state, system, accepted_at, attempts, next_at, finished_at,
    outcomes, failure, fingerprint, event, hops, replay)
  SELECT place, flow, version, place % 256, key, CASE ${OWN} WHEN 'parked' THEN 4 WHEN 'waiting' THEN 1 ELSE 5 END,
    'shop', at, 1, CASE fate WHEN 'waiting' THEN at + 10000000000 END,
    CASE WHEN ${OWN} NOT IN ('parked', 'waiting') THEN at + 20 END,
    CASE WHEN ${OWN} NOT IN ('parked', 'waiting') THEN json_object('crm.customer', ${OWN}) END,
    CASE WHEN ${OWN} IN ('parked', 'rejected', 'waiting') THEN ${FAILURE} END, CASE WHEN ${OWN} IN ('parked', 'rejected') THEN ${CAUSE} END, 'e-' || place, 0, 0 FROM temp.made;
  INSERT INTO message_body (place, content_type, headers, body)
  SELECT place, 'application/json', '{"content-type":"application/json"}',
    CAST(json_object('number', key, 'kind', 'P', 'firstName', 'Anna', 'lastName', 'Nowak ' || place % 977, 'country', 'DE',
      'note', 'Prefers to be called in the morning. Delivery only to the yard, the gate closes at four.') AS BLOB)
    FROM temp.made;
  INSERT INTO delivery (message, flow, route, lane, key, state, replay, allow_stale, attempts, created_at, finished_at,
    outcome, failure, fingerprint, answer)
  SELECT place, flow, shop, place % 256, key, CASE fate WHEN 'parked' THEN 4 ELSE 5 END, 0, 0, 1, at + 20, at + 60,
    CASE fate WHEN 'parked' THEN NULL ELSE 'applied' END, CASE fate WHEN 'parked' THEN ${FAILURE} END,
    CASE fate WHEN 'parked' THEN ${CAUSE} END, '200'
    FROM temp.made WHERE shop IS NOT NULL AND fate IN ('applied', 'parked');
  INSERT INTO attempt (delivery, attempt, started_at, ended_at, code, answer)
  SELECT id, 1, created_at + 1, created_at + 40, NULL, '200' FROM delivery
    WHERE message >= (SELECT min(place) FROM temp.made) AND id > (SELECT max(id) FROM delivery) - ${PORTION};`;

/** Of days that are over there are sums, as a hub that has worked for long has them. */
const TALLIES = `
  INSERT INTO tally (minute, flow, route, outcome, n)
  SELECT accepted_at / 60000, flow, 0, 'accepted', count(*) FROM message GROUP BY 1, 2;
  INSERT INTO tally (minute, flow, route, outcome, n)
  SELECT m.accepted_at / 60000, m.flow, l.crm, coalesce(m.outcomes ->> '$."crm.customer"', 'parked'), count(*)
    FROM message m JOIN temp.line l ON l.flow = m.flow WHERE m.state <> 1 GROUP BY 1, 2, 3, 4;
  INSERT INTO tally (minute, flow, route, outcome, n)
  SELECT created_at / 60000, flow, route, coalesce(outcome, 'parked'), count(*) FROM delivery GROUP BY 1, 2, 3, 4;
  INSERT INTO tally_day (day, flow, route, outcome, n)
  SELECT minute / 1440, flow, route, outcome, sum(n) FROM tally
    WHERE minute / 1440 < (SELECT until FROM temp.size) / 86400000 GROUP BY 1, 2, 3, 4;`;

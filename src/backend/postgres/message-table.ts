import type { Failure } from "../../errors.ts";
import type { MessageTable } from "../../store/message-table.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { fromText, stateNumber, stateOf, toText } from "../rows/row.ts";
import { columnsOf, unnested } from "./columns.ts";
import { eventsOf } from "./events-of.ts";
import { insertMessages } from "./message-insert.ts";
import { MESSAGE_COLUMNS, type MessageColumns, toMessage } from "./message-row.ts";
import { byLane, lanesIn, OF } from "./of-lanes.ts";
import { selectMessages } from "./select-messages.ts";
import type { Sql } from "./sql.ts";
import { readTraceparents } from "./traceparents.ts";

const FROM = `SELECT ${MESSAGE_COLUMNS} FROM message m LEFT JOIN message_body b ON b.place = m.place`;
const QUEUED = `${FROM} WHERE m.state = 0 AND m.flow = $1 AND m.place > $2 ORDER BY m.place LIMIT $3`;
/** Each lane's first ones by themselves, so that what others have queued is not read. */
const QUEUED_OF = `WITH picked AS (
    SELECT q.place FROM unnest($4::smallint[]) AS l (lane) CROSS JOIN LATERAL (
      SELECT place FROM message WHERE state = 0 AND flow = $1 AND lane = l.lane AND place > $2
      ORDER BY place LIMIT $5) AS q ORDER BY q.place LIMIT $3)
  SELECT ${MESSAGE_COLUMNS} FROM picked p JOIN message m ON m.place = p.place
  LEFT JOIN message_body b ON b.place = m.place ORDER BY m.place`;
const ARE_QUEUED = "SELECT count(*) AS n FROM message WHERE place = ANY ($1::bigint[]) AND state = 0";
const ARE_NEXT = `SELECT count(*) AS n, min(place) AS first, max(place) AS last FROM (
  SELECT place FROM message WHERE state = 0 AND flow = $1 ORDER BY place LIMIT $2) AS next`;
const END = "UPDATE message SET state = 5, outcomes = $3, finished_at = $4 WHERE place BETWEEN $1 AND $2";
const WITH_QUEUED = `SELECT f.flow FROM unnest($1::bigint[]) AS f (flow)
  CROSS JOIN LATERAL (SELECT 1 FROM message WHERE state = 0 AND flow = f.flow LIMIT 1) AS m`;
const AFTER_OTHERS = "SELECT last FROM counter WHERE name = 'place' FOR NO KEY UPDATE";
// By a subquery for each id, since the planner would else read all ids of the flow.
const EVENTS = `SELECT e.* FROM unnest($2::text[]) AS k (id) CROSS JOIN LATERAL (
    SELECT id, message, hash FROM event WHERE flow = $1 AND id = k.id AND expires > $3 LIMIT 1) AS e`;
const CHANGE = `UPDATE message m SET state = u.state, attempts = u.attempts, next_at = u.next_at,
  finished_at = u.finished_at, failure = u.failure, code = u.code, outcomes = u.outcomes,
  fingerprint = u.fingerprint
  FROM unnest(${unnested(["bigint", "smallint", "integer", "bigint", "bigint", "text", "text", "text", "text"])})
    AS u (place, state, attempts, next_at, finished_at, failure, code, outcomes, fingerprint)
  WHERE m.place = u.place`;
const DUE = `SELECT DISTINCT flow FROM message WHERE state = 1 AND next_at <= $1 AND ${OF("$2")}`;
const WAKE = `UPDATE message SET state = 0, next_at = NULL WHERE state = 1 AND next_at <= $1 AND ${OF("$2")}`;
const NEXT_WAKE = `SELECT least((SELECT min(next_at) FROM message WHERE state = 1 AND ${OF("$1")}),
  (SELECT min(next_at) FROM delivery WHERE state = 1 AND ${OF("$1")})) AS at`;
/** Most batches meet no open message at all; then their keys need not be looked up one by one. */
const SOME_OPEN = "SELECT 1 AS one FROM message WHERE flow = $1 AND state IN (1, 2, 4) LIMIT 1";
const SUPERSEDE = `WITH found AS (
    SELECT m.place, m.file, m.state FROM unnest(${unnested(["text", "bigint"], 2)}) AS k (key, before)
    CROSS JOIN LATERAL (SELECT place, file, state FROM message
      WHERE flow = $1 AND key = k.key AND place < k.before AND state IN (1, 2, 4) OFFSET 0) AS m),
  ended AS (
    UPDATE message m SET state = 5, finished_at = $4, next_at = NULL, fingerprint = NULL,
      outcomes = '{"*":"superseded"}'
    FROM (SELECT DISTINCT place FROM found) f WHERE m.place = f.place)
  SELECT DISTINCT place, file, state FROM found`;
const UNBLOCK = {
  message: "UPDATE message SET state = 0 WHERE flow = $1 AND key = $2 AND state = 2 AND state IN (1, 2, 4)",
  delivery: "UPDATE delivery SET state = 0 WHERE route = $1 AND key = $2 AND state = 2 AND state <> 5",
};
const REPLAY = `UPDATE message SET state = 0, attempts = 0, next_at = NULL, finished_at = NULL, version = $2, plan = $3,
  replay = replay + 1, fingerprint = NULL WHERE place = ANY ($1::bigint[])`;
const FREE_EVENTS = eventsOf("ANY ($1::bigint[])");
/** Each branch is answered from its partial index; finished messages are never read. */
const OPEN = `SELECT flow, sum(n)::bigint AS n FROM (
    SELECT flow, count(*) AS n FROM message WHERE state = 0 GROUP BY flow
    UNION ALL SELECT flow, count(*) FROM message WHERE state IN (1, 2, 4) GROUP BY flow) AS open GROUP BY flow`;
const OPEN_ON_VERSION = `SELECT
  EXISTS (SELECT 1 FROM flow_version v JOIN message m ON m.flow = v.flow AND m.version = v.id AND m.state = 0
    WHERE v.id = $1)
  OR EXISTS (SELECT 1 FROM flow_version v JOIN message m ON m.flow = v.flow AND m.version = v.id
    AND m.state IN (1, 2, 4) WHERE v.id = $1)
  OR EXISTS (SELECT 1 FROM file WHERE version = $1 AND state = 'running') AS found`;
const TRAIL = `INSERT INTO trail (message, at, step, detail)
  SELECT message, at, step, detail FROM unnest(${unnested(["bigint", "bigint", "text", "text"])})
    WITH ORDINALITY AS u (message, at, step, detail, n) ORDER BY n`;

export function messageTable(sql: Sql): MessageTable {
  return {
    insert: (messages) => insertMessages(sql, messages),
    async events(flow, ids, now) {
      // Behind all who store messages now: what they bring is known then, and nobody brings the same meanwhile.
      sql.send(AFTER_OTHERS);
      const rows = await sql.all<{ id: string; message: number; hash: Uint8Array }>(
        EVENTS,
        ...[flow, ids, now],
      );
      return new Map(rows.map(({ id, message, hash }) => [id, { message, hash }]));
    },
    async queued(flow, after, limit, of) {
      const own = lanesIn(of);
      const rows =
        own === null
          ? await sql.all<MessageColumns>(QUEUED, flow, after, limit)
          : await byLane(own, limit, (share) =>
              sql.all<MessageColumns>(QUEUED_OF, flow, after, limit, own, share),
            );
      return rows.map(toMessage);
    },
    async areQueued(places) {
      return (await sql.get<{ n: number }>(ARE_QUEUED, places))?.n === places.length;
    },
    async areNext(flow, { first, last }) {
      const limit = last - first + 1;
      const found = await sql.get<{ n: number; first: number; last: number }>(ARE_NEXT, flow, limit);
      return found?.n === limit && found.first === first && found.last === last;
    },
    async withQueued(flows) {
      return (await sql.all<{ flow: number }>(WITH_QUEUED, flows)).map((row) => row.flow);
    },
    async get(place) {
      const row = await sql.get<MessageColumns>(`${FROM} WHERE m.place = $1`, place);
      if (row === undefined) return undefined;
      return { ...toMessage(row), state: stateOf(row.state), failure: fromText<Failure>(row.failure) };
    },
    async change(changes) {
      // Of several changes of one message the last one stands, as if they had been made one by one.
      const last = new Map(changes.map((change) => [change.place, change]));
      const rows = [...last.values()].map(({ place, state, attempts, nextAt, failure, outcomes, at }) => [
        ...[place, stateNumber(state), attempts, nextAt, state === "done" || state === "parked" ? at : null],
        ...[
          toText(failure),
          failure?.code ?? null,
          toText(outcomes),
          fingerprintOf({ state, failure, outcomes }),
        ],
      ]);
      if (rows.length > 0) sql.send(CHANGE, ...columnsOf(rows, 9));
    },
    async end({ first, last }, outcomes, at) {
      sql.send(END, first, last, toText(outcomes), at);
    },
    async wake(now, of) {
      const own = lanesIn(of);
      const due = await sql.all<{ flow: number }>(DUE, now, own);
      // Mostly there is none, and what only reads costs no fsync.
      if (due.length > 0) sql.send(WAKE, now, own);
      return due.map((row) => row.flow);
    },
    async nextWake(of) {
      return (await sql.get<{ at: number | null }>(NEXT_WAKE, lanesIn(of)))?.at ?? null;
    },
    async supersede(flow, keys, at) {
      if ((await sql.get(SOME_OPEN, flow)) === undefined) return [];
      const found = await sql.all<{ place: number; file: number | null; state: number }>(
        SUPERSEDE,
        ...[flow, keys.map((one) => one.key), keys.map((one) => one.before), at],
      );
      return found.map((row) => ({ ...row, state: stateOf(row.state) }));
    },
    async block(scope, key, by, since) {
      sql.send(
        "INSERT INTO blocked_key (scope, key, by, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        ...[scope, key, by, since],
      );
    },
    async unblock(scope, key, by) {
      const text = "DELETE FROM blocked_key WHERE scope = $1 AND key = $2 AND by = $3";
      if ((await sql.run(text, scope, key, by)) === 0) return false;
      sql.send(scope < 0 ? UNBLOCK.message : UNBLOCK.delivery, Math.abs(scope), key);
      return true;
    },
    blocked: () =>
      sql.all<{ scope: number; key: string; by: number }>("SELECT scope, key, by FROM blocked_key"),
    select: (selection, limit) => selectMessages(sql, selection, limit),
    async replay(places, flowVersion, plan) {
      sql.send(REPLAY, places, flowVersion, toText(plan));
    },
    async freeEvents(places) {
      sql.send(FREE_EVENTS, places);
    },
    open: () => sql.all<{ flow: number; n: number }>(OPEN),
    async openOnVersion(flowVersion) {
      return (await sql.get<{ found: boolean }>(OPEN_ON_VERSION, flowVersion))?.found === true;
    },
    traceparents: (places) => readTraceparents(sql, places),
    async trail(entries) {
      const rows = entries.map(({ message, at, step, detail }) => [message, at, step, detail]);
      if (rows.length > 0) sql.send(TRAIL, ...columnsOf(rows, 4));
    },
  };
}

import type { Failure } from "../../errors.ts";
import type { MessageChange, MessageTable, StoredMessage } from "../../store/message-table.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { fromText, stateNumber, stateOf, toBytes, toText } from "../rows/row.ts";
import { insertRows } from "./bulk.ts";
import { eventsOf } from "./events-of.ts";
import { insertMessages } from "./message-insert.ts";
import { selectMessages } from "./select-messages.ts";
import type { Sql } from "./sql.ts";
import { readTraceparents } from "./traceparents.ts";

interface Row {
  place: number;
  flow: number;
  version: number;
  key: string | null;
  system: string;
  accepted_at: number;
  content_type: string | null;
  headers: string | null;
  body: Uint8Array | null;
  rest: string | null;
}

type Rest = readonly [
  attempts: number,
  hops: number,
  replay: number,
  cause: number | null,
  plan: string | null,
  file: number | null,
  ...place: readonly [row: number, line: number, offset: number, length: number],
];

const NOTHING: Rest = [0, 0, 0, null, null, null, 0, 0, 0, 0];

/** What most messages do not have is one value, which is null then: each value of a row costs. */
const COLUMNS =
  "m.place, m.flow, m.version, m.key, m.system, m.accepted_at, b.content_type, b.headers, b.body, " +
  "CASE WHEN m.attempts = 0 AND m.replay = 0 AND m.hops = 0 AND m.cause IS NULL AND m.file IS NULL THEN NULL ELSE " +
  "json_array(m.attempts, m.hops, m.replay, m.cause, m.plan, m.file, m.file_row, m.file_line, m.file_offset, " +
  "m.file_length) END AS rest";

const FREE_EVENTS = eventsOf("(SELECT value FROM json_each(?1))");
const ARE_NEXT = `SELECT count(*) AS n, min(place) AS first, max(place) AS last FROM (
  SELECT place FROM message INDEXED BY message_queued WHERE state = 0 AND flow = ? ORDER BY place LIMIT ?)`;

/** @param draw draws so many places and gives the first; the writer is alone, so a counter in memory is the store's own. */
export function messageTable(sql: Sql, draw: (n: number) => number): MessageTable {
  return {
    async insert(messages) {
      const first = draw(messages.length);
      insertMessages(sql, first, messages);
      return messages.map((_, index) => first + index);
    },
    async events(flow, ids, now) {
      const rows = sql.all<{ id: string; message: number; hash: Uint8Array }>(
        "SELECT id, message, hash FROM event WHERE flow = ? AND id IN (SELECT value FROM json_each(?)) AND expires > ?",
        flow,
        JSON.stringify(ids),
        now,
      );
      return new Map(rows.map((row) => [row.id, { message: row.message, hash: toBytes(row.hash) }]));
    },
    async queued(flow, after, limit) {
      return sql
        .all<Row>(
          // Named, since the planner would else walk the flow's finished messages, every time.
          `SELECT ${COLUMNS} FROM message m INDEXED BY message_queued LEFT JOIN message_body b ON b.place = m.place
           WHERE m.state = 0 AND m.flow = ? AND m.place > ? ORDER BY m.place LIMIT ?`,
          flow,
          after,
          limit,
        )
        .map(toMessage);
    },
    async areNext(flow, { first, last }) {
      const limit = last - first + 1;
      const found = sql.get<{ n: number; first: number; last: number }>(ARE_NEXT, flow, limit);
      return found?.n === limit && found.first === first && found.last === last;
    },
    async areQueued(places) {
      const list = JSON.stringify(places);
      const found = sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM json_each(?) j JOIN message m ON m.place = j.value WHERE m.state = 0",
        list,
      );
      return found?.n === places.length;
    },
    async withQueued(flows) {
      return sql
        .all<{ flow: number }>(
          `SELECT f.value AS flow FROM json_each(?) f WHERE EXISTS
           (SELECT 1 FROM message m INDEXED BY message_queued WHERE m.state = 0 AND m.flow = f.value)`,
          JSON.stringify(flows),
        )
        .map((row) => row.flow);
    },
    async get(place) {
      const row = sql.get<Row & { readonly state: number; readonly failure: string | null }>(
        `SELECT ${COLUMNS}, m.state, m.failure FROM message m LEFT JOIN message_body b ON b.place = m.place WHERE m.place = ?`,
        place,
      );
      if (row === undefined) return undefined;
      return { ...toMessage(row), state: stateOf(row.state), failure: fromText<Failure>(row.failure) };
    },
    async change(changes) {
      // Most of a batch ends the same way, so one statement serves all messages that change alike.
      for (const group of groupBy(changes, signature)) {
        const first = group[0];
        if (first === undefined) continue;
        const done = first.state === "done";
        sql.run(
          `UPDATE message SET state = ?, attempts = ?, next_at = ?, failure = ?, outcomes = ?, finished_at = ?,
           fingerprint = ? WHERE place IN (SELECT value FROM json_each(?))`,
          stateNumber(first.state),
          first.attempts,
          first.nextAt,
          toText(first.failure),
          toText(first.outcomes),
          done || first.state === "parked" ? first.at : null,
          fingerprintOf(first),
          JSON.stringify(group.map((change) => change.place)),
        );
      }
    },
    async end({ first, last }, outcomes, at) {
      sql.run(
        "UPDATE message SET state = 5, outcomes = ?, finished_at = ? WHERE place BETWEEN ? AND ?",
        toText(outcomes),
        at,
        first,
        last,
      );
    },
    async wake(now) {
      const flows = sql.all<{ flow: number }>(
        // Named, since DISTINCT would else be answered by walking an index of all messages, at every wake-up.
        "SELECT DISTINCT flow FROM message INDEXED BY message_waiting WHERE state = 1 AND next_at <= ?",
        now,
      );
      if (flows.length > 0)
        sql.run("UPDATE message SET state = 0, next_at = NULL WHERE state = 1 AND next_at <= ?", now);
      return flows.map((row) => row.flow);
    },
    async nextWake() {
      const row = sql.get<{ at: number | null }>(
        `SELECT min(at) AS at FROM (SELECT min(next_at) AS at FROM message WHERE state = 1
         UNION ALL SELECT min(next_at) FROM delivery WHERE state = 1)`,
      );
      return row?.at ?? null;
    },
    async supersede(flow, keys, at) {
      // Most batches meet no open message at all; then their keys need not be looked up one by one.
      const open =
        "SELECT 1 FROM message INDEXED BY message_open WHERE flow = ? AND state IN (1, 2, 4) LIMIT 1";
      if (sql.get(open, flow) === undefined) return [];
      const found = sql.all<{ place: number; file: number | null; state: number }>(
        `SELECT m.place, m.file, m.state FROM json_each(?) j CROSS JOIN message m
         ON m.flow = ? AND m.key = j.value ->> 0 AND m.place < j.value ->> 1 AND m.state IN (1, 2, 4)`,
        JSON.stringify(keys.map((entry) => [entry.key, entry.before])),
        flow,
      );
      if (found.length > 0) {
        sql.run(
          `UPDATE message SET state = 5, finished_at = ?, next_at = NULL, outcomes = '{"*":"superseded"}',
           fingerprint = NULL WHERE place IN (SELECT value FROM json_each(?))`,
          at,
          JSON.stringify(found.map((row) => row.place)),
        );
      }
      return found.map((row) => ({ place: row.place, file: row.file, state: stateOf(row.state) }));
    },
    async block(scope, key, by, since) {
      sql.run(
        "INSERT OR IGNORE INTO blocked_key (scope, key, by, since) VALUES (?, ?, ?, ?)",
        scope,
        key,
        by,
        since,
      );
    },
    async unblock(scope, key, by) {
      const gone = sql.run("DELETE FROM blocked_key WHERE scope = ? AND key = ? AND by = ?", scope, key, by);
      if (gone === 0) return false;
      if (scope < 0)
        sql.run(
          `UPDATE message INDEXED BY message_open SET state = 0
           WHERE flow = ? AND key = ? AND state = 2 AND state IN (1, 2, 4)`,
          -scope,
          key,
        );
      else
        sql.run(
          `UPDATE delivery INDEXED BY delivery_open SET state = 0
           WHERE route = ? AND key = ? AND state = 2 AND state <> 5`,
          scope,
          key,
        );
      return true;
    },
    async blocked() {
      return sql.all<{ scope: number; key: string; by: number }>("SELECT scope, key, by FROM blocked_key");
    },
    async select(selection, limit) {
      return selectMessages(sql, selection, limit);
    },
    async replay(places, flowVersion, plan) {
      sql.run(
        `UPDATE message SET state = 0, attempts = 0, next_at = NULL, finished_at = NULL, version = ?, plan = ?,
         replay = replay + 1, fingerprint = NULL WHERE place IN (SELECT value FROM json_each(?))`,
        flowVersion,
        toText(plan),
        JSON.stringify(places),
      );
    },
    async freeEvents(places) {
      sql.run(FREE_EVENTS, JSON.stringify(places));
    },
    async open() {
      // Each branch is answered from its partial index; finished messages are never read.
      return sql.all<{ flow: number; n: number }>(
        `SELECT flow, sum(n) AS n FROM (
           SELECT flow, count(*) AS n FROM message WHERE state = 0 GROUP BY flow
           UNION ALL SELECT flow, count(*) FROM message WHERE state IN (1, 2, 4) GROUP BY flow) GROUP BY flow`,
      );
    },
    async openOnVersion(flowVersion) {
      const row = sql.get<{ n: number }>(
        `SELECT EXISTS (SELECT 1 FROM flow_version v JOIN message m INDEXED BY message_queued
           ON m.flow = v.flow AND m.version = v.id AND m.state = 0 WHERE v.id = ?1)
         OR EXISTS (SELECT 1 FROM flow_version v JOIN message m ON m.flow = v.flow AND m.version = v.id
           AND m.state IN (1, 2, 4) WHERE v.id = ?1)
         OR EXISTS (SELECT 1 FROM file WHERE version = ?1 AND state = 'running') AS n`,
        flowVersion,
      );
      return row?.n === 1;
    },
    async traceparents(places) {
      return readTraceparents(sql, places);
    },
    async trail(entries) {
      insertRows(
        sql,
        "INSERT INTO trail (message, at, step, detail) VALUES",
        entries.map((entry) => [entry.message, entry.at, entry.step, entry.detail]),
      );
    },
  };
}

function toMessage(row: Row): StoredMessage {
  const rest = row.rest === null ? NOTHING : (JSON.parse(row.rest) as Rest);
  const [attempts, hops, replay, cause, plan, file, fileRow, line, offset, length] = rest;
  return {
    place: row.place,
    flow: row.flow,
    flowVersion: row.version,
    key: row.key,
    system: row.system,
    acceptedAt: row.accepted_at,
    body: row.body === null ? null : toBytes(row.body),
    contentType: row.content_type,
    headers: fromText<Record<string, string>>(row.headers),
    slice: file === null ? null : { file, row: fileRow, line, offset, length },
    cause,
    hops,
    attempts,
    replay,
    plan: fromText(plan),
  };
}

function signature(change: MessageChange): string {
  if (change.state === "done" && change.failure === null) {
    return `done ${change.attempts} ${change.at} ${JSON.stringify(change.outcomes)}`;
  }
  return String(change.place);
}

export function groupBy<Item>(
  items: readonly Item[],
  name: (item: Item) => string,
): Iterable<readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const id = name(item);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [item]);
    else group.push(item);
  }
  return groups.values();
}

import { MOST_KEPT } from "../../message/exchange.ts";
import type { DeliveryTable, NewDelivery, RouteKey } from "../../store/delivery-table.ts";
import { type DeliveryColumns, SELECT_DELIVERY, toDelivery } from "../rows/delivery-row.ts";
import { exchangeText } from "../rows/exchange-row.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { fromText, stateNumber, stateOf, toText } from "../rows/row.ts";
import { columnsOf, join, unnested } from "./columns.ts";
import { draw } from "./counter.ts";
import { byLane, lanesIn, OF } from "./of-lanes.ts";
import type { Sql, SqlValue } from "./sql.ts";

const NEW = [
  "id",
  "message",
  "flow",
  "route",
  "lane",
  "key",
  "version",
  "replay",
  "allow_stale",
  "created_at",
  "file",
];
const NEW_TYPES = [
  ...[
    "bigint",
    "bigint",
    "bigint",
    "bigint",
    "smallint",
    "text",
    "text",
    "integer",
    "smallint",
    "bigint",
    "bigint",
  ],
];
const INSERT = `INSERT INTO delivery (${NEW.join(", ")}, state, attempts)
  SELECT u.*, 0, 0 FROM unnest(${unnested(NEW_TYPES)}) AS u`;
const INSERT_BODIES = `INSERT INTO delivery_body (id, body) SELECT id, substring($4::bytea FROM at FOR length)
  FROM unnest(${unnested(["bigint", "integer", "integer"])}) AS u (id, at, length)`;
const CHANGE = `UPDATE delivery d SET state = u.state, attempts = u.attempts, next_at = u.next_at,
  finished_at = u.finished_at, outcome = u.outcome, failure = u.failure, code = u.code, answer = u.answer,
  fingerprint = u.fingerprint
  FROM unnest(${unnested(["bigint", "smallint", "integer", "bigint", "bigint", "text", "text", "text", "text", "text"])})
    AS u (id, state, attempts, next_at, finished_at, outcome, failure, code, answer, fingerprint)
  WHERE d.id = u.id`;
const ATTEMPTS = `INSERT INTO attempt (delivery, attempt, started_at, ended_at, code, answer, exchange)
  SELECT * FROM unnest(${unnested(["bigint", "integer", "bigint", "bigint", "text", "text", "text"])})
  ON CONFLICT (delivery, attempt, started_at) DO UPDATE SET ended_at = excluded.ended_at, code = excluded.code,
    answer = excluded.answer, exchange = excluded.exchange`;
const HOLD_FOR_REPLAY = `UPDATE delivery d SET state = 2, failure = NULL, code = NULL, finished_at = NULL,
  fingerprint = NULL, replay = m.replay
  FROM message m WHERE m.place = d.message AND d.id = ANY($1::bigint[])`;
const RENEW = `UPDATE delivery SET state = 0, attempts = 0, next_at = NULL, version = $2, replay = $3, allow_stale = $4
  WHERE id = $1`;
const KEEP_BODY = `UPDATE attempt a SET body = substring(b.body FROM 1 FOR $3) FROM delivery_body b
  WHERE a.delivery = $1 AND a.exchange IS NOT NULL AND a.body IS NULL AND b.id = $1 AND b.body <> $2`;
/** Each lane's first ones by themselves, so that what others have queued is not read. */
const QUEUED_OF = `WHERE d.id IN (
    SELECT q.id FROM unnest($4::smallint[]) AS l (lane) CROSS JOIN LATERAL (
      SELECT id FROM delivery WHERE state = 0 AND route = $1 AND lane = l.lane AND id > $2 ORDER BY id LIMIT $5) AS q
    ORDER BY q.id LIMIT $3) ORDER BY d.id`;
const DONE = "SELECT id FROM delivery WHERE id = ANY ($1::bigint[]) AND state = 5";
const DUE = `SELECT DISTINCT route FROM delivery WHERE state = 1 AND next_at <= $1 AND ${OF("$2")}`;
const WAKE = `UPDATE delivery SET state = 0, next_at = NULL WHERE state = 1 AND next_at <= $1 AND ${OF("$2")}`;
const SUPERSEDE = `WITH found AS (
    SELECT d.id, d.message, d.file, d.state FROM unnest(${unnested(["text", "bigint"], 2)}) AS k (key, before)
    CROSS JOIN LATERAL (SELECT id, message, file, state FROM delivery
      WHERE route = $1 AND key = k.key AND message < k.before AND state <> 5 AND state IN (0, 1, 2, 4) OFFSET 0) AS d),
  ended AS (
    UPDATE delivery d SET state = 5, outcome = 'superseded', finished_at = $4, next_at = NULL, fingerprint = NULL
    FROM (SELECT DISTINCT id FROM found) f WHERE d.id = f.id)
  SELECT DISTINCT id, message, file, state FROM found`;
// By a subquery for each key, since the planner would else read all keys of the route.
const LAST_APPLIED = `SELECT r.* FROM unnest($2::text[]) AS k (key) CROSS JOIN LATERAL (
    SELECT key, message, version FROM route_key WHERE route = $1 AND key = k.key LIMIT 1) AS r`;
/** The last one of a key in a batch counts: one statement cannot change a row twice. */
const APPLIED = `INSERT INTO route_key (route, key, message, version)
  SELECT DISTINCT ON (key) $1::bigint, key, message, version
  FROM unnest(${unnested(["text", "bigint", "text"], 2)}) WITH ORDINALITY AS u (key, message, version, n)
  ORDER BY key, n DESC
  ON CONFLICT (route, key) DO UPDATE SET message = excluded.message, version = excluded.version`;

export function deliveryTable(sql: Sql): DeliveryTable {
  const all = async (where: string, ...values: SqlValue[]) =>
    (await sql.all<DeliveryColumns>(`${SELECT_DELIVERY} ${where}`, ...values)).map(fromColumns);
  return {
    insert: (deliveries) => insertDeliveries(sql, deliveries),
    queued(route, after, limit, of) {
      const own = lanesIn(of);
      if (own === null)
        return all(
          "WHERE d.state = 0 AND d.route = $1 AND d.id > $2 ORDER BY d.id LIMIT $3",
          route,
          after,
          limit,
        );
      return byLane(own, limit, (share) => all(QUEUED_OF, route, after, limit, own, share));
    },
    async countQueued(route, most) {
      const some = "SELECT 1 FROM delivery WHERE state = 0 AND route = $1 LIMIT $2";
      return (await sql.get<{ n: number }>(`SELECT count(*) AS n FROM (${some}) q`, route, most))?.n ?? 0;
    },
    sending: (of) => all(`WHERE d.state = 3 AND d.state <> 5 AND ${OF("$1")} ORDER BY d.id`, lanesIn(of)),
    async done(ids) {
      const rows = await sql.all<{ id: number }>(DONE, ids);
      return new Set(rows.map(({ id }) => id));
    },
    ofMessage: (message) => all("WHERE d.message = $1 ORDER BY d.id", message),
    async change(changes) {
      // Of several changes of one delivery the last one stands, as if they had been made one by one.
      const last = new Map(changes.map((change) => [change.id, change]));
      const rows = [...last.values()].map(({ id, state, attempts, nextAt, outcome, failure, answer, at }) => [
        ...[
          id,
          stateNumber(state),
          attempts,
          nextAt,
          state === "done" || state === "parked" ? at : null,
          outcome,
        ],
        ...[toText(failure), failure?.code ?? null, answer, fingerprintOf({ state, failure })],
      ]);
      if (rows.length > 0) sql.send(CHANGE, ...columnsOf(rows, 10));
    },
    async attempts(attempts) {
      const rows = attempts.map((one) => [
        ...[one.delivery, one.attempt, one.startedAt, one.endedAt, one.code, one.answer],
        exchangeText(one.exchange),
      ]);
      if (rows.length > 0) sql.send(ATTEMPTS, ...columnsOf(rows, 7));
    },
    async holdForReplay(ids) {
      if (ids.length > 0) sql.send(HOLD_FOR_REPLAY, ids);
    },
    async renew(id, { version, replay, allowStale, body }) {
      sql.send(RENEW, id, toText(version), replay, Number(allowStale));
      sql.send(KEEP_BODY, id, body, MOST_KEPT);
      sql.send("UPDATE delivery_body SET body = $2 WHERE id = $1", id, body);
    },
    async wake(now, of) {
      const own = lanesIn(of);
      const due = await sql.all<{ route: number }>(DUE, now, own);
      // Mostly there is none, and what only reads costs no fsync.
      if (due.length > 0) sql.send(WAKE, now, own);
      return due.map((row) => row.route);
    },
    async supersede(route, keys, at) {
      const open = "SELECT 1 AS one FROM delivery WHERE route = $1 AND state <> 5 LIMIT 1";
      if ((await sql.get(open, route)) === undefined) return [];
      const found = await sql.all<{ id: number; message: number; file: number | null; state: number }>(
        SUPERSEDE,
        ...[route, keys.map((one) => one.key), keys.map((one) => one.before), at],
      );
      return found.map((row) => ({ ...row, state: stateOf(row.state) }));
    },
    async lastApplied(route, keys) {
      const rows = await sql.all<{ key: string; message: number; version: string | null }>(
        LAST_APPLIED,
        route,
        keys,
      );
      return new Map(
        rows.map((row): [string, RouteKey] => [row.key, { ...row, version: fromText(row.version) }]),
      );
    },
    async applied(route, rows) {
      const values = rows.map(({ key, message, version }) => [key, message, toText(version)]);
      if (values.length > 0) sql.send(APPLIED, route, ...columnsOf(values, 3));
    },
    open: () =>
      sql.all<{ route: number; n: number }>(
        "SELECT route, count(*) AS n FROM delivery WHERE state <> 5 GROUP BY route",
      ),
  };
}

async function insertDeliveries(sql: Sql, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const first = await draw(sql, "delivery", deliveries.length);
  const rows = deliveries.map((one, index) => [
    ...[first + index, one.message, one.flow, one.route, one.lane, one.key, toText(one.version), one.replay],
    ...[Number(one.allowStale), one.createdAt, one.file],
  ]);
  sql.send(INSERT, ...columnsOf(rows, NEW.length));
  const { bytes, from, length } = join(deliveries.map((one) => one.body));
  const ids = deliveries.map((_, index) => first + index);
  sql.send(INSERT_BODIES, ids, from, length, bytes);
}

/** Versions are JSON text here, since 12 and "12" differ. */
export function fromColumns(row: DeliveryColumns): ReturnType<typeof toDelivery> {
  return toDelivery({ ...row, version: fromText<string | number>(row.version as string | null) });
}

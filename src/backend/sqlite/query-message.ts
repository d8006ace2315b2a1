import { MOST_KEPT } from "../../message/exchange.ts";
import type { TrailEntry } from "../../store/message-table.ts";
import type {
  AttemptName,
  DeliveryBody,
  DeliveryDetail,
  KeptExchange,
  MessageDetail,
  RawBody,
} from "../../store/queries.ts";
import { conditions } from "../rows/conditions.ts";
import {
  type DeliveryDetailColumns,
  type DetailColumns,
  EXCHANGE,
  type ExchangeColumns,
  type RawColumns,
  toDeliveryDetail,
  toDetail,
  toExchange,
  toRaw,
} from "../rows/message-detail.ts";
import { toBytes } from "../rows/row.ts";
import { flowNames } from "./query-flows.ts";
import { loadSummaries } from "./query-message-list.ts";
import { newestTries } from "./query-tries.ts";
import type { Sql } from "./sql.ts";

/** Everything about one message but its payload. */
export function readMessage(sql: Sql, place: number): MessageDetail | undefined {
  const row = sql.get<DetailColumns>(
    `SELECT m.flow, m.key, m.state, m.system, m.event, m.next_at, m.file, m.file_row, m.file_line, m.file_offset,
     m.file_length, f.name AS file_name, m.cause, m.hops, m.plan, m.traceparent, b.content_type, b.headers,
     length(b.body) AS size, v.id AS version_id, v.hash, v.deployed_at
     FROM message m LEFT JOIN message_body b ON b.place = m.place LEFT JOIN file f ON f.id = m.file
     LEFT JOIN flow_version v ON v.id = m.version WHERE m.place = ?`,
    place,
  );
  const summary = loadSummaries(sql, [place], conditions("?", 2), flowNames(sql)).get(place);
  if (row === undefined || summary === undefined) return undefined;
  return {
    ...summary,
    ...toDetail(row),
    deliveries: readDeliveries(sql, place),
    trail: sql.all<TrailEntry>(
      "SELECT message, at, step, detail FROM trail WHERE message = ? ORDER BY id",
      place,
    ),
    waitsBehind: openOfKey(sql, row, place, "<"),
    blocks: openOfKey(sql, row, place, ">"),
    blockedBy: row.key === null ? null : blocker(sql, -row.flow, row.key, place),
  };
}

/** Only so many messages of a busy key are looked at on either side. */
function openOfKey(sql: Sql, row: DetailColumns, place: number, side: "<" | ">"): number {
  if (row.key === null) return 0;
  const found = sql.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT flow, state FROM message INDEXED BY message_key WHERE key = ? AND place ${side} ?
     ORDER BY place ${side === "<" ? "DESC" : "ASC"} LIMIT 1000) WHERE flow = ? AND state <> 5`,
    row.key,
    place,
    row.flow,
  );
  return found?.n ?? 0;
}

function blocker(sql: Sql, scope: number, key: string, self: number): number | null {
  const row = sql.get<{ by: number }>("SELECT by FROM blocked_key WHERE scope = ? AND key = ?", scope, key);
  return row === undefined || row.by === self ? null : row.by;
}

function readDeliveries(sql: Sql, message: number): readonly DeliveryDetail[] {
  const rows = sql.all<DeliveryDetailColumns>(
    `SELECT d.id, d.route, d.key, r.target AS "to", d.state, d.outcome, d.replay, d.attempts, d.created_at AS createdAt,
     d.next_at AS nextAt, d.finished_at AS finishedAt, d.failure, d.answer
     FROM delivery d INDEXED BY delivery_message JOIN route r ON r.id = d.route WHERE d.message = ? ORDER BY d.id`,
    message,
  );
  return rows.map((row) =>
    toDeliveryDetail(
      row,
      newestTries(sql, row.id),
      row.key === null ? null : blocker(sql, row.route, row.key, row.id),
    ),
  );
}

/** The longest `substr` of SQLite: 2^31 - 1 bytes. */
const LARGEST_LENGTH = 2_147_483_647;

export function readRaw(sql: Sql, place: number, limit: number | null): RawBody | undefined {
  const row = sql.get<RawColumns>(
    `SELECT b.content_type, length(b.body) AS size, substr(b.body, 1, ?) AS body, m.file, m.file_row, m.file_line,
     m.file_offset, m.file_length, f.text FROM message m LEFT JOIN message_body b ON b.place = m.place
     LEFT JOIN file f ON f.id = m.file WHERE m.place = ?`,
    limit ?? LARGEST_LENGTH,
    place,
  );
  return row === undefined ? undefined : toRaw(row);
}

export function readDeliveryBody(sql: Sql, id: number, limit: number): DeliveryBody | undefined {
  const row = sql.get<{ message: number; size: number; body: Uint8Array | ArrayBuffer }>(
    `SELECT d.message, length(b.body) AS size, substr(b.body, 1, ?) AS body FROM delivery d
     JOIN delivery_body b ON b.id = d.id WHERE d.id = ?`,
    limit,
    id,
  );
  return row === undefined ? undefined : { ...row, body: toBytes(row.body) };
}

export function readExchange(
  sql: Sql,
  { delivery, attempt, startedAt }: AttemptName,
): KeptExchange | undefined {
  const row = sql.get<ExchangeColumns>(
    `SELECT ${EXCHANGE.columns}, substr(${EXCHANGE.body}, 1, ?) AS body FROM ${EXCHANGE.tables}
     WHERE a.delivery = ? AND a.attempt = ? AND a.started_at = ?`,
    ...[MOST_KEPT, delivery, attempt, startedAt],
  );
  return row === undefined ? undefined : toExchange(row);
}

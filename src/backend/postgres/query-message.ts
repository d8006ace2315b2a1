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
import { flowNames } from "./query-flows.ts";
import { loadSummaries } from "./query-message-list.ts";
import { newestTries } from "./query-tries.ts";
import type { ReadSql } from "./sql.ts";

const DETAIL = `SELECT m.flow, m.key, m.state, m.system, m.event, m.next_at, m.file, m.file_row, m.file_line,
  m.file_offset, m.file_length, f.name AS file_name, m.cause, m.hops, m.plan, m.traceparent, b.content_type, b.headers,
  length(b.body) AS size, v.id AS version_id, v.hash, v.deployed_at
  FROM message m LEFT JOIN message_body b ON b.place = m.place LEFT JOIN file f ON f.id = m.file
  LEFT JOIN flow_version v ON v.id = m.version WHERE m.place = $1`;

/** Everything about one message but its payload. */
export async function readMessage(sql: ReadSql, place: number): Promise<MessageDetail | undefined> {
  const row = await sql.get<DetailColumns>(DETAIL, place);
  const summary = (await loadSummaries(sql, [place], conditions("$", 2), await flowNames(sql))).get(place);
  if (row === undefined || summary === undefined) return undefined;
  const { flow, key } = row;
  return {
    ...summary,
    ...toDetail(row),
    deliveries: await readDeliveries(sql, place),
    trail: await sql.all<TrailEntry>(
      "SELECT message, at, step, detail FROM trail WHERE message = $1 ORDER BY id",
      place,
    ),
    waitsBehind: key === null ? 0 : await openOfKey(sql, EARLIER, flow, key, place),
    blocks: key === null ? 0 : await openOfKey(sql, LATER, flow, key, place),
    blockedBy: key === null ? null : await blocker(sql, -flow, key, place),
  };
}

/** Only so many messages of a busy key are looked at on either side. */
const EARLIER = openOnSide("< $2 ORDER BY place DESC");
const LATER = openOnSide("> $2 ORDER BY place ASC");

function openOnSide(side: string): string {
  return `SELECT count(*) AS n FROM (SELECT flow, state FROM message WHERE key = $1 AND place ${side} LIMIT 1000) AS near
    WHERE flow = $3 AND state <> 5`;
}

async function openOfKey(
  sql: ReadSql,
  text: string,
  flow: number,
  key: string,
  place: number,
): Promise<number> {
  return (await sql.get<{ n: number }>(text, key, place, flow))?.n ?? 0;
}

async function blocker(sql: ReadSql, scope: number, key: string, self: number): Promise<number | null> {
  const text = "SELECT by FROM blocked_key WHERE scope = $1 AND key = $2";
  const by = (await sql.get<{ by: number }>(text, scope, key))?.by;
  return by === undefined || by === self ? null : by;
}

const DELIVERIES = `SELECT d.id, d.route, d.key, r.target AS "to", d.state, d.outcome, d.replay, d.attempts,
  d.created_at AS "createdAt", d.next_at AS "nextAt", d.finished_at AS "finishedAt", d.failure, d.answer
  FROM delivery d JOIN route r ON r.id = d.route WHERE d.message = $1 ORDER BY d.id`;

async function readDeliveries(sql: ReadSql, message: number): Promise<readonly DeliveryDetail[]> {
  const details: DeliveryDetail[] = [];
  for (const row of await sql.all<DeliveryDetailColumns>(DELIVERIES, message)) {
    const by = row.key === null ? null : await blocker(sql, row.route, row.key, row.id);
    details.push(toDeliveryDetail(row, await newestTries(sql, row.id), by));
  }
  return details;
}

/** The longest value there is: 1 GiB. */
const LARGEST_LENGTH = 2 ** 30;

const RAW = `SELECT b.content_type, length(b.body) AS size, substring(b.body FROM 1 FOR $2) AS body, m.file, m.file_row,
  m.file_line, m.file_offset, m.file_length, f.text FROM message m LEFT JOIN message_body b ON b.place = m.place
  LEFT JOIN file f ON f.id = m.file WHERE m.place = $1`;

export async function readRaw(
  sql: ReadSql,
  place: number,
  limit: number | null,
): Promise<RawBody | undefined> {
  const row = await sql.get<RawColumns>(RAW, place, limit ?? LARGEST_LENGTH);
  return row === undefined ? undefined : toRaw(row);
}

export async function readDeliveryBody(
  sql: ReadSql,
  id: number,
  limit: number,
): Promise<DeliveryBody | undefined> {
  return sql.get<DeliveryBody>(
    `SELECT d.message, length(b.body) AS size, substring(b.body FROM 1 FOR $2) AS body FROM delivery d
     JOIN delivery_body b ON b.id = d.id WHERE d.id = $1`,
    ...[id, limit],
  );
}

const READ_EXCHANGE = `SELECT ${EXCHANGE.columns}, substring(${EXCHANGE.body} FROM 1 FOR $4) AS body
  FROM ${EXCHANGE.tables} WHERE a.delivery = $1 AND a.attempt = $2 AND a.started_at = $3`;

export async function readExchange(
  sql: ReadSql,
  { delivery, attempt, startedAt }: AttemptName,
): Promise<KeptExchange | undefined> {
  const row = await sql.get<ExchangeColumns>(READ_EXCHANGE, delivery, attempt, startedAt, MOST_KEPT);
  return row === undefined ? undefined : toExchange(row);
}

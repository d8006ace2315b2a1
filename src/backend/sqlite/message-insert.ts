import type { NewMessage } from "../../store/message-table.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { isFresh } from "../rows/message-row.ts";
import { stateNumber, toText } from "../rows/row.ts";
import { insertRows } from "./bulk.ts";
import type { Sql, SqlValue } from "./sql.ts";

const INSERT_BODY = "INSERT INTO message_body (place, content_type, headers, body) VALUES";
const INSERT_EVENT = "INSERT OR REPLACE INTO event (flow, id, message, hash, expires) VALUES";
const INSERT_MESSAGE =
  "INSERT INTO message (place, flow, version, lane, key, state, system, accepted_at, attempts, next_at, finished_at, " +
  "outcomes, failure, event, file, file_row, file_line, file_offset, file_length, cause, hops, replay, traceparent, fingerprint) VALUES";
/** All that is the same in every message that is new, whole and untouched stands in the statement. */
const INSERT_FRESH =
  "INSERT INTO message (place, flow, version, lane, key, system, accepted_at, event, traceparent, state, attempts, hops, replay) " +
  "SELECT *, 0, 0, 0, 0 FROM (VALUES";

// Members of the JSON text: its lane and its key each (nothing without a key), then where its body begins among all, how
// long it is, and its event id. Whatever fails, the transaction is undone; so no statement need be able to undo itself.
const LANE_DIGITS = 3;
const BODY_DIGITS = 10;
const EVENT_AT = 1 + 2 * BODY_DIGITS;
const ALIKE_MESSAGE = `INSERT OR FAIL INTO message
  (place, flow, version, lane, key, system, accepted_at, event, traceparent, state, attempts, hops, replay)
  SELECT ?1 + k.rowid, ?2, ?3, CAST(substr(k.key, 1, ${LANE_DIGITS}) AS INTEGER),
    iif(k.key = '', NULL, substr(k.key, ${1 + LANE_DIGITS})), ?4, ?5, nullif(substr(k.value, ${EVENT_AT}), ''), ?6, 0, 0, 0, 0
  FROM json_each(?7) k`;
const ALIKE_BODY = `INSERT OR FAIL INTO message_body (place, content_type, headers, body)
  SELECT ?1 + k.rowid, ?2, ?3, substr(?4, 1 + CAST(substr(k.value, 1, ${BODY_DIGITS}) AS INTEGER),
    CAST(substr(k.value, ${1 + BODY_DIGITS}, ${BODY_DIGITS}) AS INTEGER)) FROM json_each(?5) k`;
const ALIKE_EVENT = `INSERT OR REPLACE INTO event (flow, id, message, hash, expires)
  SELECT ?1, substr(k.value, ${EVENT_AT}), ?2 + k.rowid, substr(?3, 1 + ?4 * k.rowid, ?4), ?5 FROM json_each(?6) k`;
/** Fewer are inserted faster as they are. */
const WORTH_A_TEXT = 8;

/** Inserts messages at the places from `first` on. */
export function insertMessages(sql: Sql, first: number, messages: readonly NewMessage[]): void {
  const text = areAlike(messages) ? textOf(messages) : null;
  if (text === null) insertOthers(sql, first, messages);
  else insertAlike(sql, first, messages, text);
}

/** Whether they differ in nothing but key, body and event, as items do that one sender pushes. */
function areAlike(messages: readonly NewMessage[]): boolean {
  const first = messages[0];
  if (first === undefined || messages.length < WORTH_A_TEXT) return false;
  const write = headersWriter();
  const headers = write(first.headers);
  return messages.every(
    (message) =>
      message.flow === first.flow &&
      message.flowVersion === first.flowVersion &&
      message.system === first.system &&
      message.acceptedAt === first.acceptedAt &&
      message.contentType === first.contentType &&
      message.traceparent === first.traceparent &&
      (message.key !== null || message.lane === 0) &&
      message.body !== null &&
      message.body.length > 0 &&
      areAlikeEvents(message.event, first.event) &&
      write(message.headers) === headers &&
      isFresh(message),
  );
}

function areAlikeEvents(one: NewMessage["event"], other: NewMessage["event"]): boolean {
  if (one === null || other === null) return one === other;
  return one.id !== "" && one.hash.length === other.hash.length && one.expires === other.expires;
}

/** Null when they cannot be said so, which is rare. */
function textOf(messages: readonly NewMessage[]): string | null {
  let text = "{";
  let begin = 0;
  for (const { lane, key, body, event } of messages) {
    const length = body?.length ?? 0;
    const name = key === null ? "" : number(lane, LANE_DIGITS) + key;
    const value = number(begin, BODY_DIGITS) + number(length, BODY_DIGITS) + (event?.id ?? "");
    text += `${begin === 0 && text === "{" ? "" : ","}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    begin += length;
  }
  // Control characters and halves of surrogate pairs: SQLite would read some of them otherwise than they are bound.
  return text.includes("\\u") ? null : `${text}}`;
}

function number(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/**
 * One statement for a table, that takes its rows out of a JSON text and one block of bytes: to bind a value costs as much
 * as to store it, and each message has eighteen.
 */
function insertAlike(sql: Sql, place: number, messages: readonly NewMessage[], text: string): void {
  const [first] = messages as readonly [NewMessage];
  const { flow, flowVersion, system, acceptedAt, contentType, headers, traceparent, event } = first;
  sql.run(ALIKE_MESSAGE, place, flow, flowVersion, system, acceptedAt, traceparent, text);
  const bodies = Buffer.concat(messages.map(({ body }) => body as Uint8Array));
  sql.run(ALIKE_BODY, place, contentType, toText(headers), bodies, text);
  if (event === null) return;
  const hashes = Buffer.concat(messages.map((message) => (message.event as typeof event).hash));
  sql.run(ALIKE_EVENT, flow, place, hashes, event.hash.length, event.expires, text);
}

function insertOthers(sql: Sql, first: number, messages: readonly NewMessage[]): void {
  const rows: SqlValue[][] = [];
  const fresh: SqlValue[][] = [];
  const bodies: SqlValue[][] = [];
  const events: SqlValue[][] = [];
  const write = headersWriter();
  for (const [index, message] of messages.entries()) {
    const place = first + index;
    if (isFresh(message)) fresh.push(freshRow(place, message));
    else rows.push(messageRow(place, message));
    if (message.body !== null)
      bodies.push([place, message.contentType, write(message.headers), message.body]);
    const event = message.event;
    if (event !== null) events.push([message.flow, event.id, place, event.hash, event.expires]);
  }
  insertRows(sql, INSERT_MESSAGE, rows);
  insertRows(sql, INSERT_FRESH, fresh, ")");
  insertRows(sql, INSERT_BODY, bodies);
  insertRows(sql, INSERT_EVENT, events);
}

/** Neighbours mostly share one object. */
function headersWriter(): (headers: NewMessage["headers"]) => string | null {
  let last: NewMessage["headers"] = null;
  let text: string | null = null;
  return (headers) => {
    if (headers !== last) {
      last = headers;
      text = toText(headers);
    }
    return text;
  };
}

function freshRow(place: number, message: NewMessage): SqlValue[] {
  const { flow, flowVersion, lane, key, system, acceptedAt, event, traceparent } = message;
  return [place, flow, flowVersion, lane, key, system, acceptedAt, event?.id ?? null, traceparent];
}

function messageRow(place: number, message: NewMessage): SqlValue[] {
  const state = message.state ?? "queued";
  const slice = message.slice;
  return [
    place,
    message.flow,
    message.flowVersion,
    message.lane,
    message.key,
    stateNumber(state),
    message.system,
    message.acceptedAt,
    message.attempts ?? 0,
    message.nextAt ?? null,
    state === "done" || state === "parked" ? message.acceptedAt : null,
    toText(message.outcomes),
    toText(message.failure),
    message.event?.id ?? null,
    slice?.file ?? null,
    slice?.row ?? null,
    slice?.line ?? null,
    slice?.offset ?? null,
    slice?.length ?? null,
    message.cause,
    message.hops,
    0,
    message.traceparent,
    fingerprintOf({ ...message, state }),
  ];
}

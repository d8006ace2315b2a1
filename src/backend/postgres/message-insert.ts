import type { NewMessage } from "../../store/message-table.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { isFresh } from "../rows/message-row.ts";
import { stateNumber, toText } from "../rows/row.ts";
import { columnsOf, join, unnested } from "./columns.ts";
import { draw } from "./counter.ts";
import type { Sql, SqlValue } from "./sql.ts";

type Column = readonly [name: string, type: string];

/** Most messages are new, whole and untouched: all that is the same in every one of them stands in the statement. */
const FRESH: readonly Column[] = [
  ...[["place", "bigint"] as const, ["flow", "bigint"] as const, ["version", "bigint"] as const],
  ...[["lane", "smallint"] as const, ["key", "text"] as const, ["system", "text"] as const],
  ...[["accepted_at", "bigint"] as const, ["event", "text"] as const, ["traceparent", "text"] as const],
];
const OTHER: readonly Column[] = [
  ...FRESH,
  ...[["state", "smallint"] as const, ["attempts", "integer"] as const, ["next_at", "bigint"] as const],
  ...[["finished_at", "bigint"] as const, ["outcomes", "text"] as const, ["failure", "text"] as const],
  ...[["code", "text"] as const, ["file", "bigint"] as const, ["file_row", "bigint"] as const],
  ...[
    ["file_line", "bigint"] as const,
    ["file_offset", "bigint"] as const,
    ["file_length", "bigint"] as const,
  ],
  ...[["cause", "bigint"] as const, ["hops", "smallint"] as const, ["fingerprint", "text"] as const],
];

const INSERT_FRESH = insertInto(FRESH, "state, attempts, hops, replay", "0, 0, 0, 0");
const INSERT_OTHER = insertInto(OTHER, "replay", "0");

function insertInto(columns: readonly Column[], same: string, values: string): string {
  const names = columns.map(([name]) => name).join(", ");
  return `INSERT INTO message (${names}, ${same}) SELECT u.*, ${values}
    FROM unnest(${unnested(columns.map(([, type]) => type))}) AS u`;
}

const INSERT_BODIES = `INSERT INTO message_body (place, content_type, headers, body)
  SELECT place, content_type, headers, substring($6::bytea FROM at FOR length)
  FROM unnest(${unnested(["bigint", "text", "text", "integer", "integer"])}) AS u (place, content_type, headers, at, length)`;
const INSERT_EVENTS = `INSERT INTO event (flow, id, message, expires, hash)
  SELECT flow, id, message, expires, substring($7::bytea FROM at FOR length)
  FROM unnest(${unnested(["bigint", "text", "bigint", "bigint", "integer", "integer"])})
    AS u (flow, id, message, expires, at, length)
  ON CONFLICT (flow, id) DO UPDATE SET message = excluded.message, hash = excluded.hash, expires = excluded.expires`;

/** Bytes of bodies that one statement takes: far below what a parameter may hold (1 GiB), and what memory should. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Draws places, and stores messages with their bodies and event ids, a few statements for all. */
export async function insertMessages(sql: Sql, messages: readonly NewMessage[]): Promise<readonly number[]> {
  if (messages.length === 0) return [];
  const first = await draw(sql, "place", messages.length);
  const fresh: SqlValue[][] = [];
  const other: SqlValue[][] = [];
  for (const [index, message] of messages.entries()) {
    const row = freshRow(first + index, message);
    if (isFresh(message)) fresh.push(row);
    else other.push([...row, ...otherRow(message)]);
  }
  insertColumns(sql, INSERT_FRESH, fresh, FRESH.length);
  insertColumns(sql, INSERT_OTHER, other, OTHER.length);
  await insertBodies(sql, messages, first);
  insertEvents(sql, messages, first);
  return messages.map((_, index) => first + index);
}

function insertColumns(sql: Sql, text: string, rows: readonly SqlValue[][], width: number): void {
  if (rows.length > 0) sql.send(text, ...(columnsOf(rows, width) as (string | number | null)[][]));
}

async function insertBodies(sql: Sql, messages: readonly NewMessage[], first: number): Promise<void> {
  let rows: (string | number | null)[][] = [];
  let bodies: Uint8Array[] = [];
  let bytes = 0;
  const values = (): SqlValue[] => {
    const { bytes: all, from, length } = join(bodies);
    return [...columnsOf(rows, 3), from, length, all];
  };
  for (const [index, { body, contentType, headers }] of messages.entries()) {
    if (body === null) continue;
    if (rows.length > 0 && bytes + body.byteLength > MOST_BYTES) {
      // Waited for, so that memory holds one part at a time.
      await sql.run(INSERT_BODIES, ...values());
      rows = [];
      bodies = [];
      bytes = 0;
    }
    rows.push([first + index, contentType, toText(headers)]);
    bodies.push(body);
    bytes += body.byteLength;
  }
  if (rows.length > 0) sql.send(INSERT_BODIES, ...values());
}

function insertEvents(sql: Sql, messages: readonly NewMessage[], first: number): void {
  // An id that comes twice in one batch counts as the last one: one statement cannot change a row twice.
  const events = new Map<string, { readonly row: (string | number)[]; readonly hash: Uint8Array }>();
  for (const [index, { flow, event }] of messages.entries()) {
    if (event === null) continue;
    events.set(`${flow} ${event.id}`, {
      row: [flow, event.id, first + index, event.expires],
      hash: event.hash,
    });
  }
  if (events.size === 0) return;
  const all = [...events.values()];
  const { bytes, from, length } = join(all.map((one) => one.hash));
  sql.send(
    INSERT_EVENTS,
    ...columnsOf(
      all.map((one) => one.row),
      4,
    ),
    ...[from, length, bytes],
  );
}

function freshRow(place: number, message: NewMessage): SqlValue[] {
  const { flow, flowVersion, lane, key, system, acceptedAt, event, traceparent } = message;
  return [place, flow, flowVersion, lane, key, system, acceptedAt, event?.id ?? null, traceparent];
}

/** In the order of OTHER, after those of FRESH. */
function otherRow(message: NewMessage): SqlValue[] {
  const { state = "queued", attempts = 0, nextAt, failure, slice, cause, hops } = message;
  const ended = state === "done" || state === "parked";
  return [
    ...[stateNumber(state), attempts, nextAt ?? null, ended ? message.acceptedAt : null],
    ...[toText(message.outcomes), toText(failure), failure?.code ?? null],
    ...[
      slice?.file ?? null,
      slice?.row ?? null,
      slice?.line ?? null,
      slice?.offset ?? null,
      slice?.length ?? null,
    ],
    ...[cause, hops, fingerprintOf({ ...message, state })],
  ];
}

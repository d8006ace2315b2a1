import type { StoredMessage } from "../../store/message-table.ts";
import { type SliceColumns, sliceOf } from "../rows/message-row.ts";
import { fromText, toBytes } from "../rows/row.ts";

export interface MessageColumns extends SliceColumns {
  place: number;
  flow: number;
  version: number;
  key: string | null;
  state: number;
  system: string;
  accepted_at: number;
  attempts: number;
  failure: string | null;
  cause: number | null;
  hops: number;
  replay: number;
  plan: string | null;
  content_type: string | null;
  headers: string | null;
  body: Uint8Array | null;
}

/** Of `message m` with `message_body b`. */
export const MESSAGE_COLUMNS =
  "m.place, m.flow, m.version, m.key, m.state, m.system, m.accepted_at, m.attempts, m.failure, m.file, m.file_row, " +
  "m.file_line, m.file_offset, m.file_length, m.cause, m.hops, m.replay, m.plan, b.content_type, b.headers, b.body";

export function toMessage(row: MessageColumns): StoredMessage {
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
    slice: sliceOf(row),
    cause: row.cause,
    hops: row.hops,
    attempts: row.attempts,
    replay: row.replay,
    plan: fromText(row.plan),
  };
}

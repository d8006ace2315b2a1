import type { Failure } from "../../errors.ts";
import type { FileSlice, NewMessage, ReplayPlan, SelectedMessage } from "../../store/message-table.ts";
import type { RejectedRow } from "../../store/queries.ts";
import { fromText, stateOf } from "./row.ts";

/** Place of a record in a file; the rest has a meaning only where there is a file. */
export interface SliceColumns {
  file: number | null;
  file_row: number;
  file_line: number;
  file_offset: number;
  file_length: number;
}

export function sliceOf(row: SliceColumns & { readonly file: number }): FileSlice;
export function sliceOf(row: SliceColumns): FileSlice | null;
export function sliceOf({ file, ...row }: SliceColumns): FileSlice | null {
  if (file === null) return null;
  return { file, row: row.file_row, line: row.file_line, offset: row.file_offset, length: row.file_length };
}

/** Whether a message is new, whole and untouched, as most are: much of its row is then known without it. */
export function isFresh(message: NewMessage): boolean {
  return (
    (message.state ?? "queued") === "queued" &&
    message.slice === null &&
    message.cause === null &&
    message.hops === 0 &&
    message.attempts === undefined &&
    message.nextAt === undefined &&
    message.outcomes === undefined &&
    message.failure === undefined
  );
}

export interface SelectedColumns {
  place: number;
  flow: number;
  version: number;
  key: string | null;
  state: number;
  outcomes: string | null;
  file: number | null;
  accepted_at: number;
  replay: number;
  plan: string | null;
}

export function toSelected(row: SelectedColumns): SelectedMessage {
  return {
    place: row.place,
    flow: row.flow,
    flowVersion: row.version,
    key: row.key,
    state: stateOf(row.state),
    outcomes: fromText<Record<string, string>>(row.outcomes),
    file: row.file,
    acceptedAt: row.accepted_at,
    replay: row.replay,
    plan: fromText<ReplayPlan>(row.plan),
  };
}

export interface RejectColumns extends SliceColumns {
  place: number;
  key: string | null;
  failure: string;
}

/** A row of `file` that failed. */
export function toReject(row: RejectColumns, file: number): RejectedRow {
  const failure = JSON.parse(row.failure) as Failure;
  return { place: row.place, key: row.key, slice: sliceOf({ ...row, file }), failure };
}

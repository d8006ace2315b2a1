import type { Failure } from "../errors.ts";
import type { Json } from "../message/json.ts";

/** claimed → running → done | stopped (guard, unreadable from some row on) | rejected (nothing of it was used) | duplicate */
export const FILE_STATES = ["running", "done", "stopped", "rejected", "duplicate"] as const;
export type FileState = (typeof FILE_STATES)[number];

/** Rows by route and outcome. `waiting` counts rows that are stored and not done. */
export type Books = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface FileRow {
  readonly id: number;
  readonly flow: number;
  readonly flowVersion: number;
  readonly name: string;
  readonly size: number;
  /** As the source offered it; milliseconds since 1970. */
  readonly modified: number;
  readonly sha256: string;
  /** Path of the archive copy, relative to the data folder. */
  readonly archive: string;
  /** Path of the UTF-8 text records are read from; equals `archive` for UTF-8 files. */
  readonly text: string;
  readonly state: FileState;
  /** Rows read and committed so far; a resume skips these. */
  readonly rows: number;
  /** Byte offset after the last committed row, for progress. */
  readonly offset: number;
  readonly textSize: number;
  readonly context: Json;
  readonly books: Books;
  readonly failure: Failure | null;
  readonly duplicateOf: number | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Whether the source has been told (the drop is cleared, the reject file written). */
  readonly settled: boolean;
  readonly reported: boolean;
  /** A person let it go on past its guard. */
  readonly approved: boolean;
  /** A person asked for it now: the flow's window does not hold it back. */
  readonly urgent: boolean;
}

/** A row that was rejected, with what is needed to read it again. */
export interface RejectedRow {
  readonly place: number;
  readonly row: number;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  readonly failure: Failure;
}

export type NewFile = Pick<
  FileRow,
  | "flow"
  | "flowVersion"
  | "name"
  | "size"
  | "modified"
  | "sha256"
  | "archive"
  | "text"
  | "state"
  | "textSize"
  | "failure"
  | "duplicateOf"
  | "startedAt"
>;

export interface FileTable {
  insert(file: NewFile): Promise<number>;
  get(id: number): Promise<FileRow | undefined>;
  /** An earlier file of the flow with the same content that was not rejected as a whole. */
  byHash(flow: number, sha256: string): Promise<FileRow | undefined>;
  /** Files in a state that needs work: running, or not yet settled or reported. Oldest first. */
  unfinished(): Promise<readonly FileRow[]>;
  checkpoint(id: number, progress: Pick<FileRow, "rows" | "offset" | "context" | "books">): Promise<void>;
  finish(id: number, state: FileState, failure: Failure | null, at: number): Promise<void>;
  /** Marks the running files of a flow as urgent. */
  hurry(flow: number): Promise<void>;
  /** Runs a stopped file again from its checkpoint, past its guard. */
  resume(id: number): Promise<void>;
  /** Rejected rows in row order, above `after`. */
  rejects(id: number, after: number, limit: number): Promise<readonly RejectedRow[]>;
  settled(id: number): Promise<void>;
  reported(id: number): Promise<void>;
  /** Moves rows from one outcome to another when a stored row changes its fate. */
  shift(id: number, route: string, from: string, to: string, n: number): Promise<void>;
}

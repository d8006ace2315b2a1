import type { FlowDefinition } from "../config/flow-definition.ts";
import type { Failure } from "../errors.ts";
import type { ShadowFinding } from "../flow/shadow.ts";
import type { RecordContext } from "../format/format.ts";
import type { PackedRows } from "./pack-rows.ts";

/** A file that the reader, a thread of its own, reads ahead of the engine: decodes, names and maps its rows. */
export interface Reading {
  readonly definition: FlowDefinition;
  /** Id of the flow version. */
  readonly version: number;
  readonly path: string;
  /** The file's name, as mappings see it. */
  readonly name: string;
  /** Rows up to this number were committed before. */
  readonly skip: number;
  /** Bytes that are left to read. */
  readonly size: number;
  /** Where compiled mappings are kept. */
  readonly compiled: string;
  /** One evaluation of so many is compared with the reference; 0: none. */
  readonly shadow: number;
}

/** How the engine's end of a reader looks. Messages come in order. */
export interface Reader {
  send(message: ToReader): void;
  /** Called with each message; with an error when the thread is gone, and then no more. */
  listen(take: (message: FromReader) => void, gone: (error: unknown) => void): void;
  close(): Promise<void>;
}

/** Opens a reader; undefined when the file is not worth one, or there is none to be had now. */
export type ReaderDoor = (reading: Reading) => Reader | undefined;

export type FromReader =
  /** Rows that were read; they are mapped once the engine has said which are unchanged. */
  | ({ readonly kind: "named" } & NamedRows)
  /** The next rows of what was named, mapped. */
  | { readonly kind: "rows"; readonly rows: PackedRows }
  | { readonly kind: "shadow"; readonly finding: ShadowFinding }
  | { readonly kind: "end"; readonly failure: Failure | null };

export type ToReader =
  /** Of the rows named first that had no answer yet: what is known of each. */
  | { readonly kind: "known"; readonly flags: Uint8Array }
  /** The engine has taken rows: there is room for more. */
  | { readonly kind: "taken" }
  /** Rows are committed. The memory their texts came in, handed back: the engine would keep it until it collects all. */
  | { readonly kind: "spare"; readonly texts: ArrayBuffer };

/** Handfuls of mapped rows that may wait for the engine: what it commits at once, and as many again. */
export const MOST_AHEAD = 8;

/** Of a row: the same record was applied last, so it needs no mapping. */
export const UNCHANGED = 1;
/** Of a row: nothing is known of its record. 0 says nothing. */
export const NEW = 2;

/** Rows by column. */
export interface NamedRows {
  /** Four numbers a row: row, line, offset, length. */
  readonly places: Float64Array;
  readonly keys: readonly (string | null)[];
  /** Names of the source records; null where they are the keys. */
  readonly records: readonly (string | null)[] | null;
  readonly hashes: readonly (string | null)[];
  readonly context: RecordContext;
}

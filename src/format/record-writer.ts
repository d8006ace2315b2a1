import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { refused } from "./write-refusal.ts";

/** By what a file is known beside its content. All of it is stored before the file is written, so each retry has the same. */
export interface FileMark {
  /** Higher than that of the file before, on the same route. */
  readonly sequence: number;
  /** When it was due: `YYYYMMDD` and `HHMMSS`. Undefined: nobody knows. */
  readonly date?: string;
  readonly time?: string;
}

/** Writes records, whole or one after the other. The same records and the same mark give the same bytes. */
export interface RecordWriter {
  /**
   * A document of a record, or of a list of them.
   * @throws HubError TL_TARGET_REFUSED, naming the field and never its value
   */
  whole(body: Json, mark: FileMark): Uint8Array;
  /**
   * Tells whether a record, or a list of them, can stand in a document of many.
   * @throws HubError TL_TARGET_REFUSED, as `whole`
   */
  check(body: Json): void;
  /** Begins a document of many. */
  open(mark: FileMark): DocumentWriter;
  /** What a document begins with, before a first line of its own: a byte order mark, or nothing. */
  readonly bom: Uint8Array;
  /** A line before or behind the records, with its end; undefined where the format has no lines. */
  readonly line: ((text: string) => Uint8Array) | undefined;
}

/** Writes one document of many records, piece by piece. */
export interface DocumentWriter {
  readonly head: Uint8Array;
  /**
   * A record, or a list of them; in order.
   * @param sequence of the delivery they come from, higher than that of the one before
   * @throws HubError TL_TARGET_REFUSED, as `whole`
   */
  part(body: Json, sequence: number): Uint8Array;
  /** Once all parts were written. */
  tail(): Uint8Array;
}

export const NOTHING = new Uint8Array(0);

/** @throws HubError TL_TARGET_REFUSED when one is no object */
export function recordsOf(body: Json): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(body) ? body : [body];
  return list.map((record, index) => {
    if (isObject(record)) return record;
    throw refused(index, "is not an object");
  });
}

import type { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";

/** What a decoder must know about the file a lone record came from (CSV header, XML namespaces); plain JSON. */
export type RecordContext = Json;

/** One record of a file, or what is wrong with it. */
export interface Row {
  /** From 1; the header is not counted. */
  readonly row: number;
  /** Line of the file where the record begins, from 1. */
  readonly line: number;
  /** Byte offset and length in the UTF-8 text of the file, so that the record can be read again alone. */
  readonly offset: number;
  readonly length: number;
  /** Exactly one of value and error is there. A bad record does not stop the file. */
  readonly value?: Json;
  readonly error?: HubError;
  /**
   * The record's own bytes, `length` of them; there when `value` is. A view on memory that is used again: valid until
   * the next rows are asked for, so hash or copy them before. Equal bytes, read with the same options and the same
   * `context`, are equal values: where the record stands, and what stands around it, makes no difference.
   */
  readonly bytes?: Uint8Array;
  /**
   * What else decides over the value and is not the same all over the file, such as the interchange around a message;
   * together with `bytes` it stands for the value.
   */
  readonly within?: string;
}

export interface RecordStream extends AsyncIterable<readonly Row[]> {
  /** Known once the first rows have come; later ones may add to it. */
  readonly context: RecordContext;
}

/**
 * One format with its options bound: bytes in, JSON values out.
 * All positions refer to UTF-8; files in other encodings are transcoded first (`encoding.ts`). Where files are no text
 * (COBOL) they refer to the bytes as they came.
 */
export interface Format {
  readonly name: "json" | "jsonl" | "csv" | "xml" | "fixed" | "edifact" | "x12" | "mt940" | "cobol" | "vcard";
  /** Media types a push source takes for this format. */
  readonly mediaTypes: readonly string[];
  /**
   * The encoding of incoming bytes; a WHATWG label, "utf-8" unless set. XML and EDIFACT may override it by
   * what they declare.
   */
  readonly encoding: string;
  /**
   * Decodes one record or one small document (a webhook's body, a row read again).
   * @param offset of the record in its file; given together with the file's context
   * @throws HubError TL_DECODE_FAILED, TL_TOO_DEEP, TL_HEADER_MISMATCH … with line and column
   */
  decode(utf8: Uint8Array, context?: RecordContext, offset?: number): Json;
  /**
   * Streams the records of a UTF-8 file; memory does not grow with its size. Chunks hold up to about 500 rows.
   * @throws HubError while iterating when the file as a whole is wrong (truncated, wrong header)
   */
  records(path: string): RecordStream;
  /**
   * Whether a file must be read to its end before its first record may be used, since only the end tells whether it
   * is whole (XML, a JSON array, an interchange).
   */
  readonly wholeFile: boolean;
}

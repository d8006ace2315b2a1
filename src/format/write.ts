import { HubError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { createEncoder } from "./encode.ts";
import { createDecoder, encodingName } from "./encoding.ts";
import { type CsvWriteOptions, csvHeader, csvLine } from "./write-csv.ts";
import { FIXED_ENDS, type FixedWriteOptions, fixedWriter } from "./write-fixed.ts";
import { refused } from "./write-refusal.ts";
import { type XmlWriteOptions, xmlElement, xmlHead, xmlTail } from "./write-xml.ts";

/** A format that is written, with the same words as one that is read. */
export type WriteDefinition =
  | { readonly json: Readonly<Record<string, never>> }
  | { readonly jsonl: Readonly<Record<string, never>> }
  | { readonly csv: CsvWriteOptions }
  | { readonly fixed: FixedWriteOptions }
  | { readonly xml: XmlWriteOptions };

/** Writes records, whole or one after the other. The same records give the same bytes. */
export interface RecordWriter {
  /**
   * A document of a record, or of a list of them.
   * @throws HubError TL_TARGET_REFUSED, naming the field and never its value
   */
  whole(body: Json): Uint8Array;
  /** What a document of many records begins with, before `head`: a byte order mark, or nothing. */
  readonly mark: Uint8Array;
  readonly head: Uint8Array;
  /**
   * A record, or a list of them, within a document of many.
   * @param isFirst whether it is the first one
   * @throws HubError TL_TARGET_REFUSED, as `whole`
   */
  part(body: Json, isFirst: boolean): Uint8Array;
  /** What a document of many records ends with. */
  readonly tail: Uint8Array;
  /** A line before or behind the records, with its end; undefined where the format has no lines. */
  readonly line: ((text: string) => Uint8Array) | undefined;
}

/** @throws HubError TL_CONFIG_INVALID */
export function recordWriter(definition: WriteDefinition): RecordWriter {
  if ("csv" in definition) {
    const { csv } = definition;
    const line = (record: JsonObject, index: number): string => csvLine(record, index, csv);
    return textWriter(csv.encoding, csvHeader(csv), line, "", csv.newline === "lf" ? "\n" : "\r\n");
  }
  if ("fixed" in definition) {
    const { fixed } = definition;
    return textWriter(fixed.encoding, "", fixedWriter(fixed), "", FIXED_ENDS[fixed.newline ?? "crlf"]);
  }
  if ("xml" in definition) {
    const { xml } = definition;
    const one = (record: JsonObject, index: number): string => xmlElement(record, index, xml);
    return textWriter("utf-8", xmlHead(xml), one, xmlTail(xml), null);
  }
  return "jsonl" in definition ? JSON_LINES : JSON_DOCUMENT;
}

const NOTHING = new Uint8Array(0);

const JSON_LINES: RecordWriter = {
  whole: jsonLines,
  mark: NOTHING,
  head: NOTHING,
  part: jsonLines,
  tail: NOTHING,
  line: (text) => Buffer.from(`${text}\n`),
};

/** Alone a document is what it is; many are the members of a list. */
const JSON_DOCUMENT: RecordWriter = {
  whole: (body) => Buffer.from(`${JSON.stringify(body)}\n`),
  mark: NOTHING,
  head: Buffer.from("[\n"),
  part: (body, isFirst) => Buffer.from(`${isFirst ? "" : ",\n"}${JSON.stringify(body)}`),
  tail: Buffer.from("\n]\n"),
  line: undefined,
};

function jsonLines(body: Json): Uint8Array {
  const lines = Array.isArray(body) ? body : [body];
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function textWriter(
  label: string | undefined,
  head: string,
  write: (record: JsonObject, index: number) => string,
  tail: string,
  end: string | null,
): RecordWriter {
  const { mark, encode } = strictEncoder(label ?? "utf-8");
  const many = (body: Json): string => recordsOf(body).map(write).join("");
  return {
    whole: (body) => Buffer.concat([mark, encode(head + many(body) + tail)]),
    mark,
    head: encode(head),
    part: (body) => encode(many(body)),
    tail: encode(tail),
    line: end === null ? undefined : (text) => encode(text + end),
  };
}

function recordsOf(body: Json): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(body) ? body : [body];
  return list.map((record, index) => {
    if (isObject(record)) return record;
    throw refused(index, "is not an object");
  });
}

/** A character that the encoding does not have would be written as another. */
function strictEncoder(label: string): { mark: Uint8Array; encode: (text: string) => Uint8Array } {
  const encoding = encodingName(label);
  const { mark, encode } = createEncoder(label);
  return {
    mark,
    encode(text) {
      const bytes = encode(text);
      if (encoding !== "utf-8" && createDecoder(encoding).decode(bytes) !== text)
        throw new HubError("TL_TARGET_REFUSED", `it has characters that ${encoding} does not have`, {
          cure: "Replace them in the mapping, or write UTF-8.",
        });
      return bytes;
    },
  };
}

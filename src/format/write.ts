import { HubError } from "../errors.ts";
import type { Json, JsonObject } from "../message/json.ts";
import { createEncoder } from "./encode.ts";
import { createDecoder, encodingName } from "./encoding.ts";
import { NOTHING, type RecordWriter, recordsOf } from "./record-writer.ts";
import { type CobolWriteOptions, cobolWriter } from "./write-cobol.ts";
import { type CsvWriteOptions, csvHeader, csvLine } from "./write-csv.ts";
import { type EdifactWriteOptions, edifactWriter } from "./write-edifact.ts";
import { FIXED_ENDS, type FixedWriteOptions, fixedWriter } from "./write-fixed.ts";
import { type IdocWriteOptions, idocWriter } from "./write-idoc.ts";
import { type X12WriteOptions, x12Writer } from "./write-x12.ts";
import { type XmlWriteOptions, xmlElement, xmlHead, xmlTail } from "./write-xml.ts";

/** A format that is written, with the same words as one that is read. */
export type WriteDefinition =
  | { readonly json: Readonly<Record<string, never>> }
  | { readonly jsonl: Readonly<Record<string, never>> }
  | { readonly csv: CsvWriteOptions }
  | { readonly fixed: FixedWriteOptions }
  | { readonly xml: XmlWriteOptions }
  | { readonly edifact: EdifactWriteOptions }
  | { readonly x12: X12WriteOptions }
  | { readonly cobol: CobolWriteOptions }
  | { readonly idoc: IdocWriteOptions };

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
  if ("edifact" in definition) return edifactWriter(definition.edifact);
  if ("idoc" in definition) return idocWriter(definition.idoc);
  if ("cobol" in definition) return cobolWriter(definition.cobol);
  if ("x12" in definition) return x12Writer(definition.x12);
  return "jsonl" in definition ? JSON_LINES : JSON_DOCUMENT;
}

const JSON_LINES: RecordWriter = {
  whole: jsonLines,
  check: (body) => void jsonLines(body),
  open: () => ({ head: NOTHING, part: jsonLines, tail: () => NOTHING }),
  bom: NOTHING,
  line: (text) => Buffer.from(`${text}\n`),
};

/** Alone a document is what it is; many are the members of a list. */
const JSON_DOCUMENT: RecordWriter = {
  whole: (body) => Buffer.from(`${JSON.stringify(body)}\n`),
  check: (body) => void JSON.stringify(body),
  open() {
    let isFirst = true;
    return {
      head: Buffer.from("[\n"),
      part(body) {
        const bytes = Buffer.from(`${isFirst ? "" : ",\n"}${JSON.stringify(body)}`);
        isFirst = false;
        return bytes;
      },
      tail: () => Buffer.from("\n]\n"),
    };
  },
  bom: NOTHING,
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
  const part = (body: Json): Uint8Array => encode(many(body));
  return {
    whole: (body) => Buffer.concat([mark, encode(head + many(body) + tail)]),
    check: (body) => void part(body),
    open: () => ({ head: encode(head), part, tail: () => encode(tail) }),
    bom: mark,
    line: end === null ? undefined : (text) => encode(text + end),
  };
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

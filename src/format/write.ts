import { HubError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { createEncoder } from "./encode.ts";
import { createDecoder, encodingName } from "./encoding.ts";
import { type CsvWriteOptions, writeCsv } from "./write-csv.ts";
import { refused } from "./write-refusal.ts";
import { writeXml, type XmlWriteOptions } from "./write-xml.ts";

/** A format that is written, with the same words as one that is read. */
export type WriteDefinition =
  | { readonly json: Readonly<Record<string, never>> }
  | { readonly jsonl: Readonly<Record<string, never>> }
  | { readonly csv: CsvWriteOptions }
  | { readonly xml: XmlWriteOptions };

/** Writes a record, or a list of them, as a whole document. The same records give the same bytes. */
export type RecordWriter = (body: Json) => Uint8Array;

/** @throws HubError TL_CONFIG_INVALID; the writer: TL_TARGET_REFUSED, naming the field and never its value */
export function recordWriter(definition: WriteDefinition): RecordWriter {
  if ("csv" in definition) {
    const { csv } = definition;
    const encode = strictEncoder(csv.encoding ?? "utf-8");
    return (body) => encode(writeCsv(recordsOf(body), csv));
  }
  if ("xml" in definition) {
    const { xml } = definition;
    return (body) => Buffer.from(writeXml(recordsOf(body), xml));
  }
  if ("jsonl" in definition)
    return (body) => {
      const lines = Array.isArray(body) ? body : [body];
      return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    };
  return (body) => Buffer.from(`${JSON.stringify(body)}\n`);
}

function recordsOf(body: Json): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(body) ? body : [body];
  return list.map((record, index) => {
    if (isObject(record)) return record;
    throw refused(index, "is not an object");
  });
}

/** A character that the encoding does not have would be written as another. */
function strictEncoder(label: string): (text: string) => Uint8Array {
  const encoding = encodingName(label);
  const { mark, encode } = createEncoder(label);
  return (text) => {
    const bytes = encode(text);
    if (encoding !== "utf-8" && createDecoder(encoding).decode(bytes) !== text)
      throw new HubError("TL_TARGET_REFUSED", `it has characters that ${encoding} does not have`, {
        cure: "Replace them in the mapping, or write UTF-8.",
      });
    return mark.length === 0 ? bytes : Buffer.concat([mark, bytes]);
  };
}

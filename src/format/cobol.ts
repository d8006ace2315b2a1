import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type CobolRecords, readCobolRecords } from "./cobol-file.ts";
import type { CobolBytes } from "./cobol-number.ts";
import { decodeCobol } from "./cobol-record.ts";
import { codePage, requireCodePage } from "./code-page.ts";
import { parseCopybook } from "./copybook.ts";
import { BYTES } from "./encoding.ts";
import type { Format, Row } from "./format.ts";
import type { Line } from "./lines.ts";
import { asBuffer, placedInFile } from "./text.ts";

/** COBOL records as a flow declares them. */
export interface CobolOptions {
  /** The text of the copybook; a flow names its file, which the caller reads first. */
  readonly copybook: string;
  /** `ascii`, or an EBCDIC code page; default cp037. */
  readonly encoding?: string;
  /** How records follow one another; default fixed. */
  readonly records?: CobolRecords;
  /** Byte order of COMP-5; default big-endian. */
  readonly comp5?: "big-endian" | "little-endian";
}

/**
 * Records of a COBOL program, described by its copybook. Positions are bytes of the file as it came, which is not
 * translated: packed and binary numbers have no characters. `decode` without a context takes a document without
 * descriptors that holds exactly one record.
 */
export function openCobol(options: CobolOptions): Format {
  const root = parseCopybook(options.copybook);
  const { encoding = "cp037", records = "fixed" } = options;
  const how = cobolBytes(encoding, options.comp5);
  const variable = records !== "fixed";
  const decode = (bytes: Buffer): Json => {
    if (records === "fixed" && bytes.length !== root.length) {
      throw new HubError("TL_DECODE_FAILED", `expected ${root.length} bytes, found ${bytes.length}`);
    }
    if (bytes.length > root.length) {
      throw new HubError("TL_DECODE_FAILED", `expected at most ${root.length} bytes, found ${bytes.length}`);
    }
    return decodeCobol(bytes, root, how, variable);
  };
  return {
    name: "cobol",
    mediaTypes: ["application/octet-stream"],
    encoding: BYTES,
    wholeFile: true,
    decode: (bytes) => decode(asBuffer(bytes)),
    records: (path) => ({
      context: { format: "cobol" },
      [Symbol.asyncIterator]: () => rows(path, records, root.length, decode),
    }),
  };
}

/** @throws HubError TL_CONFIG_INVALID when there is no such code page */
export function cobolBytes(encoding: string, comp5: CobolOptions["comp5"]): CobolBytes {
  return {
    table: encoding === "ascii" ? ASCII : requireCodePage(encoding),
    isEbcdic: codePage(encoding) !== undefined,
    littleEndian: comp5 === "little-endian",
  };
}

const ASCII = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

async function* rows(
  path: string,
  records: CobolRecords,
  length: number,
  decode: (bytes: Buffer) => Json,
): AsyncGenerator<readonly Row[]> {
  let count = 0;
  for await (const lines of readCobolRecords(path, records, length)) {
    const batch: Row[] = [];
    for (const line of lines) batch.push(toRow(line, ++count, decode));
    yield batch;
  }
}

function toRow(line: Line, row: number, decode: (bytes: Buffer) => Json): Row {
  const { number, offset, length, bytes } = line;
  const own = { row, line: number, offset, length };
  try {
    if (bytes === undefined) throw new HubError("TL_RECORD_TOO_LARGE", "the line is longer than any record");
    return { ...own, value: decode(bytes), bytes };
  } catch (thrown) {
    return { ...own, error: placedInFile(asHubError(thrown), number, row) };
  }
}

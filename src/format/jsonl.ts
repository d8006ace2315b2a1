import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Format, Row } from "./format.ts";
import { parseJson } from "./json.ts";
import { type Line, readLines } from "./lines.ts";
import { asBuffer, bomLength, placedInFile } from "./text.ts";

/** Largest line, in bytes. */
const LINE_LIMIT = 16 * 1024 * 1024;

/**
 * JSON Lines (jsonlines.org): one JSON text a line; blank lines are passed over. A line that is not JSON is a bad row;
 * a bad last line without a line end means that the file was cut.
 * `decode` without a context takes a whole small document and returns the array of its values.
 */
export function openJsonLines(): Format {
  return {
    name: "jsonl",
    mediaTypes: ["application/jsonl", "application/x-ndjson", "application/x-jsonlines"],
    encoding: "utf-8",
    wholeFile: false,
    decode: (utf8, context) => (context === undefined ? decodeDocument(asBuffer(utf8)) : parseJson(utf8)),
    records: (path) => ({ context: { format: "jsonl" }, [Symbol.asyncIterator]: () => readJsonLines(path) }),
  };
}

/** The rows of a file. @param step bytes read at once */
export async function* readJsonLines(path: string, step?: number): AsyncGenerator<readonly Row[]> {
  let row = 0;
  for await (const lines of readLines(path, LINE_LIMIT, step)) {
    const batch: Row[] = [];
    for (const line of lines) {
      if (line.bytes !== undefined && isBlank(line.bytes)) continue;
      row++;
      batch.push(toRow(line, row));
    }
    if (batch.length > 0) yield batch;
  }
}

function toRow(line: Line, row: number): Row {
  const { number, offset, length } = line;
  try {
    if (line.bytes === undefined) {
      throw new HubError("TL_RECORD_TOO_LARGE", `the line has more than ${LINE_LIMIT} bytes`);
    }
    return { row, line: number, offset, length, value: parseJson(line.bytes), bytes: line.bytes };
  } catch (thrown) {
    const error = placedInFile(asHubError(thrown), number, row);
    if (!line.ended && error.code === "TL_DECODE_FAILED") {
      throw new HubError("TL_FILE_TRUNCATED", "the last line is neither complete nor ended", {
        place: error.place ?? { line: number },
      });
    }
    return { row, line: number, offset, length, error };
  }
}

function decodeDocument(utf8: Buffer): Json {
  const values: Json[] = [];
  let at = bomLength(utf8);
  for (let line = 1; at < utf8.length; line++) {
    const found = utf8.indexOf(10, at);
    const end = found === -1 ? utf8.length : found;
    const bytes = utf8.subarray(at, end);
    at = end + 1;
    if (isBlank(bytes)) continue;
    try {
      values.push(parseJson(bytes));
    } catch (thrown) {
      throw placedInFile(asHubError(thrown), line, values.length + 1);
    }
  }
  return values;
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

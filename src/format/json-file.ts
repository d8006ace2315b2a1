import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { RecordStream, Row } from "./format.ts";
import { parseJson } from "./json.ts";
import { createJsonCutter, type JsonCutter } from "./json-cut.ts";
import { BATCH } from "./lines.ts";
import { bomLength, placedInFile } from "./text.ts";
import { FileWindow } from "./window.ts";

/** Largest record, in bytes. */
const RECORD_LIMIT = 16 * 1024 * 1024;

/**
 * Streams the items of one array of a JSON file in UTF-8; memory does not grow with its size.
 * @param pointer names of the members that lead to the array; empty: the file is the array, or else one record
 * @param step bytes read at once
 */
export function readJsonFile(path: string, pointer: readonly string[], step?: number): RecordStream {
  return { context: { format: "json" }, [Symbol.asyncIterator]: () => rows(path, pointer, step) };
}

async function* rows(
  path: string,
  pointer: readonly string[],
  step: number | undefined,
): AsyncGenerator<readonly Row[]> {
  const window = await FileWindow.open(path, step);
  const cutter = createJsonCutter(pointer, bomLength(window.bytes));
  let batch: Row[] = [];
  let row = 0;
  try {
    for (;;) {
      while (cutter.next(window.bytes, window.offset, window.ended)) {
        row++;
        batch.push(toRow(cutter, window, row));
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
      batch = [];
      if (window.ended) break;
      const used = cutter.keepFrom() - window.offset;
      if (window.bytes.length - used > RECORD_LIMIT) throw tooLarge(cutter.line);
      await window.advance(used);
    }
  } finally {
    await window.close();
  }
}

function toRow(cutter: JsonCutter, window: FileWindow, row: number): Row {
  const { line, start, end } = cutter;
  const place = { row, line, offset: start, length: end - start };
  try {
    if (end - start > RECORD_LIMIT) throw tooLarge(line);
    const bytes = window.bytes.subarray(start - window.offset, end - window.offset);
    const value: Json = parseJson(bytes);
    return { ...place, value, bytes };
  } catch (thrown) {
    return { ...place, error: placedInFile(asHubError(thrown), line, row) };
  }
}

function tooLarge(line: number): HubError {
  return new HubError(
    "TL_RECORD_TOO_LARGE",
    `the record that begins here has more than ${RECORD_LIMIT} bytes`,
    {
      place: { line },
      cure: "Look for a bracket or a quote that is never closed.",
    },
  );
}

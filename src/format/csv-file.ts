import type { HubError } from "../errors.ts";
import { noHeader, recordFault, tooLarge, unclosed } from "./csv-fault.ts";
import { checkHeader, createRowBuilder } from "./csv-header.ts";
import type { CsvSetup } from "./csv-options.ts";
import { passCsvRecord } from "./csv-pass.ts";
import { createCsvScanner } from "./csv-scan.ts";
import type { RecordContext, RecordStream, Row } from "./format.ts";
import { BATCH } from "./lines.ts";
import { bomLength } from "./text.ts";
import { FileWindow } from "./window.ts";

/**
 * Streams the rows of a CSV file; see `openCsv` for what it promises.
 * @param step bytes read at once
 */
export function readCsvFile(path: string, setup: CsvSetup, step?: number): RecordStream {
  let context: RecordContext = null;
  return {
    get context() {
      return context;
    },
    [Symbol.asyncIterator]: () =>
      rows(path, setup, step, (columns, newline) => {
        context = { columns, newline: newline === 13 ? "\r" : "\n" };
      }),
  };
}

type Announce = (columns: readonly string[], newline: number) => void;

async function* rows(
  path: string,
  setup: CsvSetup,
  step: number | undefined,
  announce: Announce,
): AsyncGenerator<readonly Row[]> {
  const window = await FileWindow.open(path, step);
  const scanner = createCsvScanner(setup.dialect, 0);
  let width = setup.header === true ? undefined : setup.header.length;
  let build = setup.header === true ? undefined : createRowBuilder(setup.header, setup.empty, setup.layouts);
  /** More than the scanner wants to see behind a record. */
  const lookahead = Buffer.byteLength(setup.dialect.delimiter) + 4;
  let line = 1;
  let row = 0;
  let batch: Row[] = [];
  let at = bomLength(window.bytes);

  /** The header once, then rows. */
  function take(error: HubError | undefined, offset: number, length: number): void {
    if (build === undefined || width === undefined) {
      if (error !== undefined) throw error;
      checkHeader(scanner.cells, setup.columns, line);
      build = createRowBuilder(scanner.cells, setup.empty, setup.layouts);
      width = scanner.cells.length;
      announce(scanner.cells, scanner.newline);
      return;
    }
    if (row === 0 && setup.header !== true) announce(setup.header, scanner.newline);
    row++;
    if (error !== undefined) {
      batch.push({ row, line, offset, length, error });
    } else {
      const bytes = window.bytes.subarray(scanner.start, scanner.end);
      batch.push({ row, line, offset, length, value: build(scanner.cells), bytes });
    }
  }

  try {
    scanner.feed(window.bytes, window.ended);
    for (;;) {
      const found = scanner.next(at);
      if (found === "end") break;
      if (found === "unclosed") throw unclosed(scanner, line);
      if (found === "more") {
        if (batch.length > 0) yield batch;
        batch = [];
        if (window.bytes.length - at > setup.recordLimit + lookahead) {
          const quoteLine = line + scanner.quoteLine;
          const offset = window.offset + at;
          const passed = await passCsvRecord(window, scanner, setup.dialect);
          if (passed.open) throw unclosed(scanner, line);
          take(tooLarge(setup, quoteLine, row + 1), offset, passed.end - offset);
          line += passed.lines;
          at = passed.after - window.offset;
        } else {
          await window.advance(at);
          at = 0;
        }
        scanner.feed(window.bytes, window.ended);
        continue;
      }
      if (found === "record") {
        const error = recordFault(scanner, window.bytes, width, setup, line, row + 1);
        take(error, window.offset + scanner.start, scanner.end - scanner.start);
      }
      line += scanner.lines;
      at = scanner.after;
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (build === undefined) throw noHeader();
    if (batch.length > 0) yield batch;
  } finally {
    await window.close();
  }
}

import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { noHeader, recordFault, unclosed } from "./csv-fault.ts";
import { readCsvFile } from "./csv-file.ts";
import { checkHeader, createRowBuilder, type RowBuilder } from "./csv-header.ts";
import { type CsvContext, type CsvOptions, type CsvSetup, isCsvContext, setUpCsv } from "./csv-options.ts";
import { createCsvScanner } from "./csv-scan.ts";
import type { Format, RecordContext } from "./format.ts";
import { asBuffer, bomLength } from "./text.ts";

/** The format with what is needed to write its files as well. */
export interface CsvFormat extends Format {
  readonly setup: CsvSetup;
}

/** Whether a format was opened by `openCsv`. */
export function isCsvFormat(format: Format): format is CsvFormat {
  return format.name === "csv" && "setup" in format;
}

/**
 * CSV with every cell as text. A bad record (ragged, stray quote, NUL, too large) is a bad row and the file goes on;
 * quotes left open until the end of the file end it with TL_FILE_TRUNCATED. Blank lines are passed over.
 * `decode` without a context takes a whole small document and returns the array of its rows.
 */
export function openCsv(options: CsvOptions): CsvFormat {
  const setup = setUpCsv(options);
  let known: RecordContext | undefined;
  let builder: RowBuilder | undefined;
  return {
    setup,
    name: "csv",
    mediaTypes: ["text/csv"],
    encoding: options.encoding ?? "utf-8",
    wholeFile: false,
    decode(utf8, context) {
      if (context === undefined) return decodeDocument(asBuffer(utf8), setup);
      if (!isCsvContext(context)) throw new HubError("TL_USAGE", "the context is not of a CSV file");
      if (builder === undefined || known !== context) {
        builder = createRowBuilder(context.columns, setup.empty, setup.layouts);
        known = context;
      }
      return decodeRecord(asBuffer(utf8), context, setup, builder);
    },
    records: (path) => readCsvFile(path, setup),
  };
}

function decodeRecord(utf8: Buffer, context: CsvContext, setup: CsvSetup, build: RowBuilder): Json {
  const scanner = createCsvScanner(setup.dialect, context.newline.charCodeAt(0));
  scanner.feed(utf8, true);
  const found = scanner.next(0);
  if (found === "unclosed") throw unclosed(scanner, 1);
  if (found !== "record" || scanner.after < utf8.length) {
    throw new HubError("TL_DECODE_FAILED", "expected exactly one CSV record");
  }
  const fault = recordFault(scanner, utf8, context.columns.length, setup, 1);
  if (fault !== undefined) throw fault;
  return build(scanner.cells);
}

function decodeDocument(utf8: Buffer, setup: CsvSetup): Json {
  const scanner = createCsvScanner(setup.dialect, 0);
  scanner.feed(utf8, true);
  let columns = setup.header === true ? undefined : setup.header;
  let build = columns === undefined ? undefined : createRowBuilder(columns, setup.empty, setup.layouts);
  const values: Json[] = [];
  let line = 1;
  for (let at = bomLength(utf8); ; at = scanner.after) {
    const found = scanner.next(at);
    if (found === "end") break;
    if (found === "unclosed") throw unclosed(scanner, line);
    if (found === "record") {
      const fault = recordFault(scanner, utf8, columns?.length, setup, line, values.length + 1);
      if (fault !== undefined) throw fault;
      if (columns === undefined || build === undefined) {
        columns = scanner.cells;
        checkHeader(columns, setup.columns, line);
        build = createRowBuilder(columns, setup.empty, setup.layouts);
      } else {
        values.push(build(scanner.cells));
      }
    }
    line += scanner.lines;
  }
  if (columns === undefined) throw noHeader();
  return values;
}

import type { ErrorCode } from "../errors.ts";
import { isCsvFormat } from "./csv.ts";
import { REJECT_COLUMNS } from "./csv-header.ts";
import type { CsvContext, CsvSetup } from "./csv-options.ts";
import { isCsvContext } from "./csv-options.ts";
import { createCsvScanner } from "./csv-scan.ts";
import { createEncoder } from "./encode.ts";
import { BYTES } from "./encoding.ts";
import type { Format, RecordContext } from "./format.ts";
import { asBuffer } from "./text.ts";

/** A record that was refused, as it goes back to its sender. */
export interface RejectedRecord {
  readonly row: number;
  readonly line: number;
  readonly code: ErrorCode;
  /** Why, in words; never quotes values. */
  readonly error: string;
  /** The record's own bytes in UTF-8, as they stood in the file. */
  readonly raw: Uint8Array;
}

/**
 * The refused records as the bytes of a file. CSV keeps the file's delimiter, encoding and header, and adds four columns
 * that say which row it was and why; the record's own text is not touched, so a person can mend it and drop the file
 * again (the four columns are then passed over). A record that is itself broken CSV stands quoted in the first column.
 * Other formats give JSON Lines with `row`, `line`, `code`, `error` and `raw`, which is base64 where files are no text.
 * @param context of the file the records came from
 * @param encoding of that file; where it cannot be written (Shift_JIS and its like) the file is UTF-8
 */
export function rejectFile(
  format: Format,
  context: RecordContext,
  records: Records,
  encoding: string = format.encoding,
): AsyncIterable<Uint8Array> {
  if (isCsvFormat(format) && isCsvContext(context)) {
    const encoder = createEncoder(encoding);
    return encoded(csvLines(format.setup, context, records), encoder.mark, encoder.encode);
  }
  const rawAs = format.encoding === BYTES ? "base64" : "utf8";
  return encoded(jsonLines(records, rawAs), new Uint8Array(0), (text) => Buffer.from(text));
}

type Records = Iterable<RejectedRecord> | AsyncIterable<RejectedRecord>;

async function* encoded(
  lines: AsyncIterable<string>,
  mark: Uint8Array,
  encode: (text: string) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (mark.length > 0) yield mark;
  for await (const line of lines) yield encode(line);
}

async function* jsonLines(records: Records, rawAs: "utf8" | "base64"): AsyncGenerator<string> {
  for await (const { row, line, code, error, raw } of records) {
    yield `${JSON.stringify({ row, line, code, error, raw: Buffer.from(raw).toString(rawAs) })}\n`;
  }
}

async function* csvLines(setup: CsvSetup, context: CsvContext, records: Records): AsyncGenerator<string> {
  const write = createWriter(setup);
  const ours = context.columns.some((name) => REJECT_COLUMNS.some((column) => column === name));
  const lineEnd = context.newline === "\r" ? "\r" : "\r\n";
  const { delimiter } = setup.dialect;
  if (setup.header === true) {
    const header = ours ? context.columns : [...context.columns, ...REJECT_COLUMNS];
    yield header.map(write).join(delimiter) + lineEnd;
  }
  for await (const rejected of records) {
    const cells = ours ? mended(rejected, context, setup, write) : padded(rejected, context, setup, write);
    yield cells + lineEnd;
  }
}

/** The record's text, filled up to the width of the header, and the four columns. */
function padded(rejected: RejectedRecord, context: CsvContext, setup: CsvSetup, write: Write): string {
  const { delimiter } = setup.dialect;
  const raw = Buffer.from(rejected.raw).toString("utf8");
  const cells = cellsOf(rejected.raw, context, setup);
  const text = cells === undefined ? write(raw) : raw;
  const missing = Math.max(0, context.columns.length - (cells?.length ?? 1));
  return [text + delimiter.repeat(missing), ...remarks(rejected).map(write)].join(delimiter);
}

/** A row of a file that has the four columns already: they are written anew. */
function mended(rejected: RejectedRecord, context: CsvContext, setup: CsvSetup, write: Write): string {
  const cells = cellsOf(rejected.raw, context, setup) ?? [Buffer.from(rejected.raw).toString("utf8")];
  const ours = new Map<string, string>(
    REJECT_COLUMNS.map((name, index) => [name, remarks(rejected)[index] ?? ""]),
  );
  const width = Math.max(cells.length, context.columns.length);
  const row = Array.from(
    { length: width },
    (_, index) => ours.get(context.columns[index] ?? "") ?? cells[index] ?? "",
  );
  return row.map(write).join(setup.dialect.delimiter);
}

function remarks({ row, line, code, error }: RejectedRecord): readonly string[] {
  return [String(row), String(line), code, error];
}

/** Undefined when the text is not one sound record. */
function cellsOf(raw: Uint8Array, context: CsvContext, setup: CsvSetup): readonly string[] | undefined {
  const scanner = createCsvScanner(setup.dialect, context.newline.charCodeAt(0));
  const bytes = asBuffer(raw);
  scanner.feed(bytes, true);
  const isRecord =
    scanner.next(0) === "record" && scanner.fault === undefined && scanner.after === bytes.length;
  return isRecord ? scanner.cells : undefined;
}

type Write = (cell: string) => string;

function createWriter({ dialect }: CsvSetup): Write {
  const { delimiter } = dialect;
  if (dialect.quote === -1) return (cell) => cell.replaceAll(delimiter, " ").replace(/[\r\n]/g, " ");
  const quote = String.fromCharCode(dialect.quote);
  const escaper = String.fromCharCode(dialect.escape);
  return (cell) => {
    if (!cell.includes(delimiter) && !cell.includes(quote) && !/[\r\n]/.test(cell)) return cell;
    const doubled = escaper === quote ? cell : cell.replaceAll(escaper, escaper + escaper);
    return quote + doubled.replaceAll(quote, escaper + quote) + quote;
  };
}

import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { checkLayout, type FixedLayout } from "./fixed-layout.ts";
import { decodeFixed } from "./fixed-record.ts";
import type { Format, Row } from "./format.ts";
import { BATCH, type Line, readLines } from "./lines.ts";
import { asBuffer, bomLength, placedInFile, utf8Text } from "./text.ts";
import { FileWindow } from "./window.ts";

/** Fixed-width records as a flow declares them. */
export interface FixedOptions {
  /** The layout; a flow names its file, which the caller reads and parses first. */
  readonly layout: string | FixedLayout;
  readonly encoding?: string;
  /** Largest record in bytes; default 1 MiB. */
  readonly recordLimit?: number;
}

/**
 * Fixed-width records: one a line, or, where the layout sets a length and the first record is not followed by a line
 * end, one behind the other. A record that is too short, too long or not of its types is a bad row.
 * `decode` without a context takes a small document with line ends and returns the array of its records.
 */
export function openFixed(options: FixedOptions): Format {
  if (typeof options.layout === "string") {
    throw new HubError("TL_CONFIG_INVALID", "fixed: the layout file was not read");
  }
  const layout = checkLayout(options.layout);
  const limit = options.recordLimit ?? 1024 * 1024;
  return {
    name: "fixed",
    mediaTypes: ["text/plain"],
    encoding: options.encoding ?? "utf-8",
    wholeFile: false,
    decode: (utf8, context) =>
      context === undefined
        ? decodeDocument(utf8Text(utf8), layout)
        : decodeFixed(textOf(asBuffer(utf8)), layout),
    records: (path) => ({
      context: { format: "fixed" },
      [Symbol.asyncIterator]: () => rows(path, layout, limit),
    }),
  };
}

/** Unlike at the start of a file, a byte order mark at the start of a record would be a character. */
function textOf(utf8: Buffer): string {
  const text = utf8Text(utf8);
  return bomLength(utf8) === 0 ? text : `\ufeff${text}`;
}

function decodeDocument(text: string, layout: FixedLayout): Json {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const { header = 0, footer = 0 } = layout.record?.skip ?? {};
  return lines.slice(header, Math.max(header, lines.length - footer)).map((line, index) => {
    try {
      return decodeFixed(line, layout);
    } catch (thrown) {
      throw placedInFile(asHubError(thrown), header + index + 1, index + 1);
    }
  });
}

async function* rows(path: string, layout: FixedLayout, limit: number): AsyncGenerator<readonly Row[]> {
  const { header = 0, footer = 0 } = layout.record?.skip ?? {};
  let seen = 0;
  let row = 0;
  /** The last records so far, which may turn out to be the footer. */
  const held: Line[] = [];
  for await (const lines of await pieces(path, layout.record?.length, limit)) {
    const batch: Row[] = [];
    for (const line of lines) {
      seen++;
      if (seen <= header) continue;
      held.push(footer > 0 && line.bytes !== undefined ? { ...line, bytes: Buffer.from(line.bytes) } : line);
      const due = held.length > footer ? held.shift() : undefined;
      if (due === undefined) continue;
      row++;
      batch.push(toRow(due, row, layout, limit));
    }
    if (batch.length > 0) yield batch;
  }
}

function toRow(line: Line, row: number, layout: FixedLayout, limit: number): Row {
  const place = { row, line: line.number, offset: line.offset, length: line.length };
  try {
    if (line.bytes === undefined)
      throw new HubError("TL_RECORD_TOO_LARGE", `the record has more than ${limit} bytes`);
    return { ...place, value: decodeFixed(textOf(line.bytes), layout), bytes: line.bytes };
  } catch (thrown) {
    return { ...place, error: placedInFile(asHubError(thrown), line.number, row) };
  }
}

async function pieces(
  path: string,
  length: number | undefined,
  limit: number,
): Promise<AsyncIterable<readonly Line[]>> {
  if (length === undefined || (await hasLineEnds(path, length))) return readLines(path, limit);
  return readBlocks(path, length);
}

/** Whether the first record is followed by a line end, or by nothing. */
async function hasLineEnds(path: string, length: number): Promise<boolean> {
  const window = await FileWindow.open(path);
  try {
    const from = bomLength(window.bytes);
    while (!window.ended && window.bytes.length - from < 4 * length + 2) await window.advance(0);
    const firstLine = window.bytes.indexOf(10, from);
    const end = endOfCharacters(window.bytes, from, length);
    return end === undefined || end === window.bytes.length || (firstLine !== -1 && firstLine <= end + 1);
  } finally {
    await window.close();
  }
}

/** Records of `length` characters that follow one another; all are on line 1. */
async function* readBlocks(path: string, length: number): AsyncGenerator<readonly Line[]> {
  const window = await FileWindow.open(path);
  try {
    let at = bomLength(window.bytes);
    let batch: Line[] = [];
    for (;;) {
      const end =
        endOfCharacters(window.bytes, at, length) ?? (window.ended ? window.bytes.length : undefined);
      if (end === undefined || (!window.ended && end === window.bytes.length)) {
        if (batch.length > 0) yield batch;
        batch = [];
        await window.advance(at);
        at = 0;
        continue;
      }
      if (window.ended && end === window.bytes.length && isFiller(window.bytes, at)) break;
      batch.push({
        number: 1,
        offset: window.offset + at,
        length: end - at,
        bytes: window.bytes.subarray(at, end),
        ended: true,
      });
      at = end;
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    await window.close();
  }
}

/** Line ends and the end-of-file character (0x1A) that some systems put behind the last record. */
function isFiller(bytes: Buffer, from: number): boolean {
  return bytes.subarray(from).every((byte) => byte === 10 || byte === 13 || byte === 0x1a);
}

/** The index after `count` characters of UTF-8, or undefined when there are fewer at hand. */
function endOfCharacters(bytes: Buffer, from: number, count: number): number | undefined {
  let left = count;
  for (let at = from; at < bytes.length; at++) {
    if (((bytes[at] ?? 0) & 0xc0) === 0x80) continue;
    if (left === 0) return at;
    left--;
  }
  return left === 0 ? bytes.length : undefined;
}

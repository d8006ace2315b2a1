import type { CsvScanner, Dialect } from "./csv-scan.ts";
import type { FileWindow } from "./window.ts";

const LF = 10;
const CR = 13;

/** Where a record that was too large to be kept ends. */
interface Passed {
  /** Offsets in the file: of the end of the record, and of the next one. */
  readonly end: number;
  readonly after: number;
  /** Line ends within and after it. */
  readonly lines: number;
  /** The file ended within quotes. */
  readonly open: boolean;
}

/**
 * Goes on from where the scanner wanted more, letting go of the bytes, to the end of the record. What stands within
 * quotes is never taken for rows, so a cell cannot smuggle rows in by its size.
 */
export async function passCsvRecord(
  window: FileWindow,
  scanner: CsvScanner,
  dialect: Dialect,
): Promise<Passed> {
  const newline = scanner.newline === 0 ? LF : scanner.newline;
  const quotesCount = scanner.fault === undefined;
  let within = scanner.quoted;
  let escaped = false;
  let lines = countLines(window.bytes, scanner.start, scanner.reached, newline);
  let last = window.bytes[scanner.reached - 1];
  await window.advance(scanner.reached);
  for (;;) {
    const { bytes } = window;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === newline) {
        lines++;
        if (!within) {
          const end = window.offset + at - (newline === LF && last === CR ? 1 : 0);
          return { end, after: window.offset + at + 1, lines, open: false };
        }
      }
      last = byte;
      if (escaped) escaped = false;
      else if (within && byte === dialect.escape && dialect.escape !== dialect.quote) escaped = true;
      else if (byte === dialect.quote && quotesCount) within = !within;
    }
    await window.advance(bytes.length);
    if (window.ended) return { end: window.offset, after: window.offset, lines, open: within };
  }
}

function countLines(bytes: Buffer, from: number, to: number, newline: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline, from); at !== -1 && at < to; at = bytes.indexOf(newline, at + 1))
    lines++;
  return lines;
}

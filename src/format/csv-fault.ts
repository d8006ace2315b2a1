import { HubError } from "../errors.ts";
import type { CsvSetup } from "./csv-options.ts";
import type { CsvScanner } from "./csv-scan.ts";
import { lineAndColumn } from "./text.ts";

/**
 * Why the record the scanner has found cannot be a row, if so.
 * @param width how many cells it must have; not checked for a header
 * @param line the line of the file where the record begins
 */
export function recordFault(
  scanner: CsvScanner,
  bytes: Buffer,
  width: number | undefined,
  setup: CsvSetup,
  line: number,
  record?: number,
): HubError | undefined {
  const { fault, start, end } = scanner;
  const numbered = width === undefined || record === undefined ? {} : { record };
  if (end - start > setup.recordLimit) return tooLarge(setup, line, numbered.record);
  if (fault !== undefined) {
    const before = bytes.toString("utf8", start, fault.at);
    const spot = lineAndColumn(before, before.length);
    const place = { ...spot, line: line + spot.line - 1, ...numbered };
    return new HubError(fault.code, fault.message, { place });
  }
  if (width === undefined || scanner.cells.length === width) return undefined;
  return new HubError("TL_DECODE_FAILED", `expected ${width} columns, found ${scanner.cells.length}`, {
    place: { line, ...numbered },
  });
}

/** @param line where the record, or the quote in it that is perhaps never closed, begins */
export function tooLarge(setup: CsvSetup, line: number, record?: number): HubError {
  return new HubError(
    "TL_RECORD_TOO_LARGE",
    `the record that begins here has more than ${setup.recordLimit} bytes`,
    {
      place: { line, ...(record === undefined ? {} : { record }) },
    },
  );
}

/** @param line where the record begins */
export function unclosed(scanner: CsvScanner, line: number): HubError {
  return new HubError("TL_FILE_TRUNCATED", "the quote that opens in this line is never closed", {
    place: { line: line + scanner.quoteLine },
    cure: "Close the quote, or have the sender write the file again, in one piece.",
  });
}

export function noHeader(): HubError {
  return new HubError("TL_HEADER_MISMATCH", "the file is empty, not even a header is there", {
    place: { line: 1 },
  });
}

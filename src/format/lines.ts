import { bomLength } from "./text.ts";
import { FileWindow } from "./window.ts";

/** One line of a file, without its line end (LF or CRLF). */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  /** Valid until the next batch is asked for. Missing when the line is longer than the limit. */
  readonly bytes?: Buffer;
  /** False for a last line that the file does not end with a line end. */
  readonly ended: boolean;
}

/** How many records the readers hand out at once. */
export const BATCH = 500;

/** Streams the lines of a UTF-8 file in batches; a leading byte order mark is passed over. Memory is bounded by `limit`. */
export async function* readLines(
  path: string,
  limit: number,
  step?: number,
): AsyncGenerator<readonly Line[]> {
  const window = await FileWindow.open(path, step);
  try {
    let at = bomLength(window.bytes);
    let number = 1;
    /** Bytes of an overlong line that were let go already. */
    let dropped = 0;
    let batch: Line[] = [];
    for (;;) {
      const end = window.bytes.indexOf(10, at);
      if (end === -1 && !window.ended) {
        if (batch.length > 0) yield batch;
        batch = [];
        // One byte more, and the last one kept, as a carriage return would belong to the line end.
        if (window.bytes.length - at > (dropped > 0 ? 1 : limit + 1)) {
          dropped += window.bytes.length - 1 - at;
          at = window.bytes.length - 1;
        }
        await window.advance(at);
        at = 0;
        continue;
      }
      const last = end === -1 ? window.bytes.length : end;
      if (end === -1 && last === at && dropped === 0) break;
      const cut = last > at && window.bytes[last - 1] === 13 ? last - 1 : last;
      const length = dropped + cut - at;
      const line = { number, offset: window.offset + at - dropped, length, ended: end !== -1 };
      batch.push(length > limit ? line : { ...line, bytes: window.bytes.subarray(at, cut) });
      number++;
      dropped = 0;
      at = end === -1 ? last : end + 1;
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    await window.close();
  }
}

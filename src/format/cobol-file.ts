import { HubError } from "../errors.ts";
import { BATCH, type Line, readLines } from "./lines.ts";
import { FileWindow } from "./window.ts";

/** How records follow one another. */
export type CobolRecords = "fixed" | "rdw" | "rdw-little-endian" | "lines";

/** Streams the records of a file as bytes; memory is bounded by the longest. @param length of records without ends */
export function readCobolRecords(
  path: string,
  records: CobolRecords,
  length: number,
  step?: number,
): AsyncIterable<readonly Line[]> {
  if (records === "lines") return readLines(path, Math.max(length, 1024 * 1024), step);
  return readBlocks(path, records === "fixed" ? fixedFrame(length) : descriptorFrame(records), step);
}

/** Where the record that begins at an index has its bytes; undefined when its head is not at hand. */
type Frame = (bytes: Buffer, at: number) => { readonly from: number; readonly to: number } | undefined;

function fixedFrame(length: number): Frame {
  return (_, at) => ({ from: at, to: at + length });
}

/** Four bytes before each record: its length with them (big-endian, IBM), or without them (little-endian, others). */
function descriptorFrame(records: "rdw" | "rdw-little-endian"): Frame {
  return (bytes, at) => {
    if (bytes.length < at + 4) return undefined;
    const big = records === "rdw";
    const length = big ? bytes.readUInt16BE(at) - 4 : bytes.readUInt16LE(at + 2);
    const rest = big ? bytes.readUInt16BE(at + 2) : bytes.readUInt16LE(at);
    if (length < 1 || rest !== 0) {
      throw new HubError("TL_DECODE_FAILED", "a record does not begin with its length (RDW)", {
        cure: "Correct `records` of the format, or have the file sent as binary, with its record descriptors.",
      });
    }
    return { from: at + 4, to: at + 4 + length };
  };
}

/** All records are on line 1. */
async function* readBlocks(path: string, frame: Frame, step?: number): AsyncGenerator<readonly Line[]> {
  const window = await FileWindow.open(path, step);
  try {
    let at = 0;
    let batch: Line[] = [];
    for (;;) {
      const { bytes, offset, ended } = window;
      const found = at < bytes.length ? frame(bytes, at) : undefined;
      if (found !== undefined && found.to <= bytes.length) {
        const { from, to } = found;
        batch.push({
          number: 1,
          offset: offset + from,
          length: to - from,
          bytes: bytes.subarray(from, to),
          ended: true,
        });
        at = to;
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
        continue;
      }
      if (batch.length > 0) yield batch;
      batch = [];
      if (ended) {
        if (isPadding(bytes, at)) return;
        throw new HubError(
          "TL_FILE_TRUNCATED",
          `the last record is not complete: it begins at byte ${offset + at + 1}`,
        );
      }
      await window.advance(at);
      at = 0;
    }
  } finally {
    await window.close();
  }
}

/** Line ends and the end-of-file character that transfers put behind the last record. */
function isPadding(bytes: Buffer, from: number): boolean {
  return bytes.subarray(from).every((byte) => byte === 10 || byte === 13 || byte === 0x1a);
}

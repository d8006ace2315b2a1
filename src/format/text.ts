import { isAscii, isUtf8 } from "node:buffer";
import { HubError } from "../errors.ts";
import type { Place } from "../message/place.ts";

const BOM = [0xef, 0xbb, 0xbf] as const;

/** Length of the UTF-8 byte order mark at the start: 3 or 0. */
export function bomLength(bytes: Uint8Array): number {
  return bytes[0] === BOM[0] && bytes[1] === BOM[1] && bytes[2] === BOM[2] ? BOM.length : 0;
}

/** A view on the same memory that offers Node's fast methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The text of well-formed UTF-8; a byte order mark at its start is dropped.
 * @throws HubError TL_ENCODING_INVALID with the line, column and byte offset of the first bad byte
 */
export function utf8Text(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  const start = bomLength(buffer);
  if (isAscii(buffer)) return buffer.toString("latin1", start);
  if (isUtf8(buffer)) return buffer.toString("utf8", start);
  throw invalidUtf8(buffer);
}

/** Line and column, from 1, of an index into a text. CR, LF and CRLF end a line, as in editors. */
export function lineAndColumn(
  text: string,
  index: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let begin = 0;
  for (let at = 0; at < index; at++) {
    const code = text.charCodeAt(at);
    if (code !== 10 && !(code === 13 && text.charCodeAt(at + 1) !== 10)) continue;
    line++;
    begin = at + 1;
  }
  return { line, column: index - begin + 1 };
}

/** The same failure with its line moved from "within the record" to "within the file", and the record's number. */
export function placedInFile(error: HubError, firstLine: number, record: number): HubError {
  return placed(error, { ...error.place, line: firstLine + (error.place?.line ?? 1) - 1, record });
}

/** The same failure with the record's number. */
export function atRecord(error: HubError, record: number): HubError {
  return placed(error, { ...error.place, record });
}

function placed(error: HubError, place: Place): HubError {
  return new HubError(error.code, error.message, {
    place,
    cure: error.cure,
    issues: error.issues,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}

/** The end of the last character behind `from` that surely is whole, in UTF-8 that goes on. */
export function endOfWhole(bytes: Buffer, from: number): number {
  let at = bytes.length;
  while (at > from && bytes.length - at < 3 && ((bytes[at - 1] ?? 0) & 0xc0) === 0x80) at--;
  return at > from && (bytes[at - 1] ?? 0) >= 0xc0 ? at - 1 : at;
}

function invalidUtf8(bytes: Buffer): HubError {
  const offset = firstBadByte(bytes);
  const before = bytes.toString("utf8", bomLength(bytes), offset);
  return new HubError("TL_ENCODING_INVALID", `byte ${offset + 1} is not valid UTF-8`, {
    place: lineAndColumn(before, before.length),
  });
}

/** Large valid stretches are passed over in steps; only the last few hundred bytes are looked at one by one. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  for (const step of [65_536, 512, 1]) {
    let end = nextCut(bytes, good, step);
    while (end > good && isUtf8(bytes.subarray(good, end))) {
      good = end;
      end = nextCut(bytes, good, step);
    }
  }
  return good;
}

/** The end of the next stretch, never inside a character. */
function nextCut(bytes: Buffer, start: number, step: number): number {
  const lead = bytes[start] ?? 0;
  if (step === 1) return start + (lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
  let at = Math.min(start + step, bytes.length);
  while (at > start && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

import { isUtf8 } from "node:buffer";
import { asHubError, HubError } from "../errors.ts";
import type { Row } from "./format.ts";
import { BATCH } from "./lines.ts";
import { atRecord, bomLength, utf8Text } from "./text.ts";
import { FileWindow } from "./window.ts";
import type { XmlSetup } from "./xml-options.ts";
import { createXmlParser, type XmlParser } from "./xml-parser.ts";

/** Bytes that are decoded at once. */
const PIECE = 64 * 1024;

/** Largest record, and largest stretch without one, in bytes. */
const RECORD_LIMIT = 16 * 1024 * 1024;

/** The piece of text that the parser is at, and how its UTF-16 positions translate into bytes. */
interface Piece {
  text: string;
  /** Position of its first unit for the parser, and offset of its first byte in the file. */
  base: number;
  offset: number;
  ascii: boolean;
  /** A pair of index and bytes before it, so that a piece is measured once. */
  index: number;
  bytes: number;
}

/**
 * Streams the records of an XML file in UTF-8 by the parser built on saxes, and says what is wrong with it.
 * @param step bytes read at once
 */
export async function* readXmlBySaxes(
  path: string,
  setup: XmlSetup,
  step?: number,
): AsyncGenerator<readonly Row[]> {
  const window = await FileWindow.open(path, step);
  const piece: Piece = { text: "", base: 0, offset: 0, ascii: true, index: 0, bytes: 0 };
  let batch: Row[] = [];
  let row = 0;
  let begin = { offset: 0, line: 1 };
  /** Whether a record is open, whose bytes are kept. */
  let inside = false;
  let lastProgress = 0;

  const parser: XmlParser = createXmlParser(
    setup,
    {
      begin(name) {
        // The parser has read one line end or other character past the name.
        const past = parser.position() - piece.base - 1;
        const isLineEnd = piece.text.charCodeAt(past) === 10 || piece.text.charCodeAt(past) === 13;
        const isPair =
          isLineEnd &&
          past > 0 &&
          piece.text.charCodeAt(past - 1) === 13 &&
          piece.text.charCodeAt(past) === 10;
        const offset = offsetOf(piece, isPair ? past - 1 : past) - Buffer.byteLength(name) - 1;
        begin = { offset, line: parser.line() - (isLineEnd ? 1 : 0) };
        inside = true;
      },
      end(value, error) {
        row++;
        inside = false;
        const { offset, line } = begin;
        const end = offsetOf(piece, parser.position() - piece.base);
        const place = { row, line, offset, length: end - offset };
        lastProgress = end;
        if (value === undefined || error !== undefined) {
          const failure = error ?? new HubError("TL_DECODE_FAILED", "the record has no value");
          batch.push({ ...place, error: atRecord(failure, row) });
        } else {
          const bytes = window.bytes.subarray(offset - window.offset, end - window.offset);
          batch.push({ ...place, value, bytes });
        }
      },
      progress() {
        lastProgress = offsetOf(piece, parser.position() - piece.base);
      },
    },
    false,
  );

  try {
    let at = bomLength(window.bytes);
    for (;;) {
      const cut = pieceEnd(window, at);
      if (cut === at) {
        if (batch.length > 0) yield batch;
        batch = [];
        if (window.ended) break;
        const used = inside ? begin.offset - window.offset : lastTag(window, at);
        await window.advance(used);
        at -= used;
        continue;
      }
      piece.base += piece.text.length;
      piece.offset = window.offset + at;
      piece.text = textOf(window.bytes.subarray(at, cut), parser);
      piece.ascii = piece.text.length === cut - at;
      piece.index = piece.bytes = 0;
      parser.write(piece.text);
      at = cut;
      if (window.offset + at - lastProgress > RECORD_LIMIT) throw tooLarge(begin.line);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    parser.close();
  } catch (thrown) {
    // What came before the fault is as good as it would be in another chunk.
    if (batch.length > 0) yield batch;
    throw thrown;
  } finally {
    await window.close();
  }
}

/** Where the last tag before `at` begins: it may turn out to be the start of a record. */
function lastTag(window: FileWindow, at: number): number {
  const found = at === 0 ? -1 : window.bytes.lastIndexOf(60, at - 1);
  return found === -1 ? at : found;
}

/** Where the next piece ends: not inside a character, and not between CR and LF. */
function pieceEnd(window: FileWindow, at: number): number {
  const { bytes } = window;
  if (window.ended && bytes.length - at <= PIECE) return bytes.length;
  let cut = Math.min(at + PIECE, bytes.length - 4);
  if (cut <= at) return at;
  while (cut > at && (((bytes[cut] ?? 0) & 0xc0) === 0x80 || bytes[cut - 1] === 13)) cut--;
  if (cut > at) return cut;
  // A long run of such bytes is no text at all; it need not be cut well.
  return bytes.length - at < 16 ? at : Math.min(at + PIECE, bytes.length - 4);
}

function textOf(bytes: Buffer, parser: XmlParser): string {
  // Unlike at the start of a file, a mark at the start of a piece is a character.
  if (isUtf8(bytes)) return bytes.toString("utf8");
  try {
    return utf8Text(bytes);
  } catch (thrown) {
    const line = parser.line() + (asHubError(thrown).place?.line ?? 1) - 1;
    throw new HubError("TL_ENCODING_INVALID", "a byte is not valid UTF-8", { place: { line } });
  }
}

function offsetOf(piece: Piece, index: number): number {
  if (piece.ascii) return piece.offset + index;
  if (index < piece.index) piece.index = piece.bytes = 0;
  piece.bytes += Buffer.byteLength(piece.text.slice(piece.index, index));
  piece.index = index;
  return piece.offset + piece.bytes;
}

function tooLarge(line: number): HubError {
  return new HubError(
    "TL_RECORD_TOO_LARGE",
    `the record that begins here has more than ${RECORD_LIMIT} bytes`,
    {
      place: { line },
      cure: "Look for an element or a comment that is never closed.",
    },
  );
}

import { isAscii, isUtf8 } from "node:buffer";
import type { ErrorCode } from "../errors.ts";

/** How the text of a CSV file is marked up; bytes, not characters, where one byte is enough. */
export interface Dialect {
  readonly delimiter: string;
  /** An ASCII code; -1: nothing is quoted. */
  readonly quote: number;
  /** Equals `quote` when quotes are doubled (RFC 4180). */
  readonly escape: number;
  /** Blanks around cells do not count. */
  readonly trim: boolean;
  /** Lines that begin with it are passed over. */
  readonly comment: string;
}

/** What is wrong with one record, and at which byte. */
interface CsvFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly at: number;
}

/**
 * What `next` found. `record`: look at the fields of the scanner. `skip`: a blank line or a comment.
 * `more`: the record does not end within the bytes at hand. `unclosed`: the file ends within quotes.
 */
type Found = "record" | "skip" | "more" | "unclosed" | "end";

/** Cuts bytes into records, strictly after RFC 4180, and says for each where it is. The fields hold the last finding. */
export interface CsvScanner {
  /** Bounds of the record, without its line end, and where the next one begins. */
  start: number;
  end: number;
  after: number;
  /** Line ends within and after the record. */
  lines: number;
  cells: string[];
  fault: CsvFault | undefined;
  /**
   * With `more` and `unclosed`: how far it was read, whether within quotes, how many lines below `start` they opened, and
   * how many line ends came so far. A `fault` says that the record is broken, and quotes no longer count in it.
   */
  reached: number;
  quoted: boolean;
  quoteLine: number;
  /** LF (10, then CRLF counts as well) or CR (13); 0 until the first line end was seen. */
  newline: number;
  /** @param ended these bytes reach to the end of the file */
  feed(bytes: Buffer, ended: boolean): void;
  next(from: number): Found;
}

const LF = 10;
const CR = 13;
const NOWHERE = Number.POSITIVE_INFINITY;

/**
 * A scanner for one file or one record. A stray quote ends the trust in its record, not in the file: the record then
 * lasts to the next line end.
 */
export function createCsvScanner(dialect: Dialect, newline: number): CsvScanner {
  const { quote, escape: escaper, trim } = dialect;
  const delimiter = Buffer.from(dialect.delimiter);
  const comment = Buffer.from(dialect.comment);
  const quoteText = String.fromCharCode(quote);
  const escapedPair = new RegExp(`\\u${escaper.toString(16).padStart(4, "0")}([\\s\\S])`, "g");
  const first = delimiter[0];
  /** Start, end and kind (0 bare, 1 quoted, 2 quoted with escapes) of each cell of the record being read. */
  const bounds: number[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let ended = false;
  let ascii = false;
  let valid = false;
  // Where the next byte of a rare kind is; looked up again only when passed.
  let nextQuote = -1;
  let nextReturn = -1;
  let nextNul = -1;

  const self: CsvScanner = {
    start: 0,
    end: 0,
    after: 0,
    lines: 0,
    cells: [],
    fault: undefined,
    reached: 0,
    quoted: false,
    quoteLine: 0,
    newline,
    feed(fed, isEnd) {
      bytes = fed;
      ended = isEnd;
      ascii = isAscii(bytes);
      valid = ascii || isUtf8(bytes);
      nextQuote = nextReturn = nextNul = -1;
    },
    next(from) {
      self.start = from;
      self.fault = undefined;
      self.quoted = false;
      self.lines = 0;
      if (from >= bytes.length) return ended ? "end" : more(from);
      if (self.newline === 0) {
        self.newline = firstNewline(from);
        if (self.newline === 0) return more(from);
      }
      const found = bytes.indexOf(self.newline, from);
      const lineEnd = found === -1 ? bytes.length : found;
      if (isComment(from)) return found === -1 && !ended ? more(from) : skip(lineEnd);
      if (nextQuote < from) nextQuote = quote === -1 ? NOWHERE : indexOf(quote, from);
      if (nextQuote < lineEnd) return quotedRecord(from);
      if (found === -1 && !ended) return more(from);
      return bareRecord(lineEnd);
    },
  };
  return self;

  function indexOf(byte: number, from: number): number {
    const found = bytes.indexOf(byte, from);
    return found === -1 ? NOWHERE : found;
  }

  function more(reached: number): Found {
    self.reached = reached;
    return "more";
  }

  function skip(lineEnd: number): Found {
    self.end = lineEnd;
    self.after = lineEnd + 1;
    self.lines = 1;
    return "skip";
  }

  function isComment(from: number): boolean {
    return (
      comment.length > 0 &&
      bytes.compare(comment, 0, comment.length, from, Math.min(from + comment.length, bytes.length)) === 0
    );
  }

  function firstNewline(from: number): number {
    let within = false;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === quote) within = !within;
      else if (within) at += byte === escaper ? 1 : 0;
      else if (byte === LF) return LF;
      else if (byte === CR && at + 1 < bytes.length) return bytes[at + 1] === LF ? LF : CR;
      else if (byte === CR && ended) return CR;
    }
    return ended ? LF : 0;
  }

  /** No quote before the line's end: the line is the record, and every delimiter counts. */
  function bareRecord(lineEnd: number): Found {
    const { start } = self;
    let end = lineEnd;
    if (self.newline === LF) {
      if (nextReturn < start) nextReturn = indexOf(CR, start);
      if (nextReturn === end - 1 && end < bytes.length) end--;
      else if (nextReturn < end) strayLineEnd(nextReturn);
    } else {
      const stray = indexOf(LF, start);
      if (stray < end) strayLineEnd(stray);
    }
    if (end === start) return skip(lineEnd);
    finish(end, lineEnd + 1, 1);
    if (self.fault !== undefined) return "record";
    const text = ascii ? bytes.toString("latin1", start, end) : bytes.toString("utf8", start, end);
    const cells = text.split(dialect.delimiter);
    if (trim) for (let at = 0; at < cells.length; at++) cells[at] = (cells[at] ?? "").trim();
    self.cells = cells;
    return "record";
  }

  function quotedRecord(from: number): Found {
    const { length } = bytes;
    bounds.length = 0;
    let lines = 0;
    let at = from;
    for (;;) {
      let begin = at;
      if (trim) begin = pastBlanks(at);
      if (begin < length && bytes[begin] === quote) {
        let kind = 1;
        let close = begin + 1;
        self.quoted = true;
        self.quoteLine = lines;
        for (; ; close++) {
          if (close >= length) return ended ? "unclosed" : more(close);
          const byte = bytes[close];
          if (byte === escaper) {
            if (close + 1 >= length && !ended) return more(close);
            if (escaper !== quote || bytes[close + 1] === quote) {
              kind = 2;
              close++;
              if (bytes[close] === self.newline) lines++;
              continue;
            }
          }
          if (byte === quote) break;
          if (byte === self.newline) lines++;
        }
        self.quoted = false;
        bounds.push(begin + 1, close, kind);
        at = trim ? pastBlanks(close + 1) : close + 1;
      } else {
        let end = at;
        for (; end < length; end++) {
          const byte = bytes[end];
          if (byte === quote) return brokenRecord("a quote stands inside an unquoted cell", end, lines);
          if (byte === LF || byte === CR) break;
          if (byte === first && isDelimiter(end)) break;
        }
        bounds.push(at, end, 0);
        at = end;
      }
      if (at + delimiter.length >= length && !ended) return more(at);
      if (at >= length) return endOfQuoted(at, at, lines);
      const byte = bytes[at];
      if (byte === self.newline) return endOfQuoted(at, at + 1, lines + 1);
      if (byte === CR && bytes[at + 1] === LF) return endOfQuoted(at, at + 2, lines + 1);
      if (byte === LF || byte === CR) {
        strayLineEnd(at);
        return brokenRecord("", at, lines);
      }
      if (!isDelimiter(at)) return brokenRecord("text follows a closing quote", at, lines);
      at += delimiter.length;
    }
  }

  function endOfQuoted(end: number, after: number, lines: number): Found {
    finish(end, after, lines);
    if (self.fault !== undefined) return "record";
    const { start } = self;
    const plain = ascii || isAscii(bytes.subarray(start, end));
    const text = plain ? bytes.toString("latin1", start, end) : "";
    const cells: string[] = new Array(bounds.length / 3);
    for (let index = 0; index < cells.length; index++) {
      const from = bounds[3 * index] ?? 0;
      const to = bounds[3 * index + 1] ?? 0;
      const kind = bounds[3 * index + 2];
      let cell = plain ? text.slice(from - start, to - start) : bytes.toString("utf8", from, to);
      if (kind === 2) {
        cell =
          escaper === quote
            ? cell.replaceAll(quoteText + quoteText, quoteText)
            : cell.replace(escapedPair, "$1");
      } else if (kind === 0 && trim) {
        cell = cell.trim();
      }
      cells[index] = cell;
    }
    self.cells = cells;
    return "record";
  }

  function brokenRecord(message: string, at: number, lines: number): Found {
    self.fault ??= { code: "TL_DECODE_FAILED", message, at };
    const found = bytes.indexOf(self.newline, at);
    if (found === -1 && !ended) return more(bytes.length);
    const lineEnd = found === -1 ? bytes.length : found;
    const isPair = found !== -1 && self.newline === LF && found > at && bytes[found - 1] === CR;
    finish(isPair ? lineEnd - 1 : lineEnd, lineEnd + 1, lines + 1);
    return "record";
  }

  function finish(end: number, after: number, lines: number): void {
    self.end = end;
    self.after = Math.min(after, bytes.length);
    self.lines = lines;
    if (self.fault !== undefined) return;
    if (nextNul < self.start) nextNul = indexOf(0, self.start);
    if (nextNul < end) {
      self.fault = { code: "TL_DECODE_FAILED", message: "a NUL byte stands in the record", at: nextNul };
    } else if (!valid && !isUtf8(bytes.subarray(self.start, end))) {
      self.fault = { code: "TL_ENCODING_INVALID", message: "the record is not valid UTF-8", at: self.start };
    }
  }

  function strayLineEnd(at: number): void {
    const name = self.newline === LF ? "carriage return without a line feed" : "line feed";
    self.fault = { code: "TL_DECODE_FAILED", message: `a ${name} stands outside quotes`, at };
  }

  function isDelimiter(at: number): boolean {
    for (let index = 0; index < delimiter.length; index++) {
      if (bytes[at + index] !== delimiter[index]) return false;
    }
    return true;
  }

  function pastBlanks(from: number): number {
    let at = from;
    while ((bytes[at] === 32 || bytes[at] === 9) && bytes[at] !== first) at++;
    return at;
  }
}

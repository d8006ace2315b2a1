import { isAscii, isUtf8 } from "node:buffer";
import { endOfWhole } from "./text.ts";
import { createXmlTag } from "./xml-attributes.ts";
import { createCursor, DOUBT, isBlankByte, isNamed, MORE, passBlanks } from "./xml-cursor.ts";
import { passComment, passDeclaration, passInstruction } from "./xml-markup.ts";
import { createXmlNesting, type XmlRecord } from "./xml-nesting.ts";
import type { XmlSetup } from "./xml-options.ts";
import { createShapes } from "./xml-shape.ts";
import { takeStartTag, type XmlScanState } from "./xml-start-tag.ts";
import { takeCdata, takeText } from "./xml-text.ts";

/**
 * What `next` found. `more`: feed it. `end`: the document is whole. `doubt`: from here on it may be wrong, or it holds
 * something rare; the reader built on saxes must judge it.
 */
export type Found = "record" | "more" | "end" | "doubt";

/**
 * Cuts XML in UTF-8 into records and builds their values, as `createXmlParser` does but several times as fast: it never
 * takes what that one refuses, and never says why not.
 */
export interface XmlScanner extends XmlRecord {
  /** Index of the byte behind what was found last. */
  at: number;
  /** A new document begins, and nothing of the last one is kept. @param at behind a byte order mark */
  begin(at: number): void;
  /**
   * @param bytes those at hand: what was there, less the first `used`, and more
   * @param ended they reach to the end of the document
   */
  feed(bytes: Buffer, used: number, ended: boolean): void;
  next(): Found;
  /** Index of the first byte that must be at hand again in the next call. */
  keep(): number;
}

const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const BANG = 0x21;
const BRACKET = 0x5b;
const QUESTION = 0x3f;

/** A stretch without a record or an end tag that is longer is left to the other reader, which has a limit for it. */
const LONGEST = 12 * 1024 * 1024;

const NO_BYTES = Buffer.alloc(0);

/** @param lone the text is a record cut out of its document: prefixes may have been declared outside */
export function createXmlScanner(setup: XmlSetup, lone: boolean): XmlScanner {
  const cursor = createCursor();
  let fresh = true;
  let ended = false;
  let isText = true;
  /** How far bytes are known to be UTF-8, and where a record or an end tag was met last. */
  let checked = 0;
  let progress = 0;

  const self: XmlScanner = {
    line: 1,
    start: 0,
    at: 0,
    value: null,
    begin(at) {
      if (state.shapes.isFull()) state.shapes = createShapes(setup, lone);
      nesting.clear(state.shapes.document);
      fresh = isText = true;
      self.at = self.start = checked = progress = at;
      Object.assign(cursor, { bytes: NO_BYTES, text: "", to: -1, lines: 1, surplus: 0 });
    },
    feed(bytes, used, isEnd) {
      ended = isEnd;
      self.at -= used;
      self.start -= used;
      checked -= used;
      progress -= used;
      const whole = isEnd ? bytes.length : endOfWhole(bytes, checked);
      cursor.bytes = bytes;
      cursor.ascii = isAscii(bytes);
      cursor.to = -1;
      isText &&= cursor.ascii || isUtf8(bytes.subarray(checked, whole));
      checked = whole;
    },
    next,
    keep: () => (nesting.recordDepth > 0 ? self.start : self.at),
  };
  const shapes = createShapes(setup, lone);
  const nesting = createXmlNesting(setup, cursor, self, shapes.document);
  const state: XmlScanState = { cursor, tag: createXmlTag(cursor), nesting, record: self, shapes };
  return self;

  function next(): Found {
    if (!isText) return "doubt";
    for (;;) {
      const { lines, surplus } = cursor;
      const after = step(self.at);
      if (after >= 0) {
        self.at = after;
        fresh = false;
        if (!nesting.closed) continue;
        nesting.closed = false;
        if (after - progress > LONGEST) return "doubt";
        progress = after;
        if (nesting.recordDepth !== nesting.depth + 1) continue;
        nesting.recordDepth = 0;
        return "record";
      }
      cursor.lines = lines;
      cursor.surplus = surplus;
      const isLong = self.at - progress > LONGEST || cursor.bytes.length - self.at > LONGEST;
      if (after === DOUBT || isLong) return "doubt";
      if (!ended) return "more";
      const isWhole = nesting.depth === 0 && nesting.rootSeen && self.at === cursor.bytes.length;
      return isWhole ? "end" : "doubt";
    }
  }

  /** Takes the token that begins here. @returns the index behind it, MORE or DOUBT */
  function step(at: number): number {
    const { bytes } = cursor;
    if (at >= bytes.length) return MORE;
    if (bytes[at] !== LESS) return takeText(cursor, nesting, at, ended);
    switch (bytes[at + 1]) {
      case SLASH:
        return takeEndTag(at);
      case BANG:
        return bytes[at + 2] === BRACKET ? takeCdata(cursor, nesting, at) : passComment(cursor, at);
      case QUESTION:
        return fresh && isBlankByte(bytes[at + 5])
          ? passDeclaration(cursor, at)
          : passInstruction(cursor, at);
      case undefined:
        return MORE;
      default:
        return takeStartTag(state, at);
    }
  }

  function takeEndTag(at: number): number {
    const { bytes } = cursor;
    const { shape } = nesting.top();
    if (nesting.depth === 0) return DOUBT;
    const nameEnd = at + 2 + shape.bytes.length;
    if (nameEnd >= bytes.length) return MORE;
    if (!isNamed(bytes, at + 2, shape.bytes)) return DOUBT;
    const end = passBlanks(cursor, nameEnd);
    if (end === bytes.length) return MORE;
    if (bytes[end] !== GREATER) return DOUBT;
    cursor.surplus += shape.surplus;
    nesting.close();
    return end + 1;
  }
}

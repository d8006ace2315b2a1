import { isAscii, isUtf8 } from "node:buffer";
import type { Json } from "../message/json.ts";
import { MAX_DEPTH } from "./json-scan.ts";
import { endOfWhole } from "./text.ts";
import { createXmlTag } from "./xml-attributes.ts";
import {
  createCursor,
  DOUBT,
  endOfName,
  isBlankByte,
  isNamed,
  MORE,
  passBlanks,
  passText,
  textBetween,
} from "./xml-cursor.ts";
import { passCdata, passComment, passDeclaration, passInstruction } from "./xml-markup.ts";
import type { XmlSetup } from "./xml-options.ts";
import { withoutReferences } from "./xml-reference.ts";
import { createXmlScope } from "./xml-scope.ts";
import { createShapes, type XmlShape } from "./xml-shape.ts";
import {
  blanksBetween,
  createXmlValues,
  isBlankText,
  isLayout,
  withLineFeeds,
  type XmlOpen,
} from "./xml-value.ts";

/**
 * What `next` found. `more`: feed it. `end`: the document is whole. `doubt`: from here on it may be wrong, or it holds
 * something rare; the reader built on saxes must judge it.
 */
export type Found = "record" | "more" | "end" | "doubt";

/**
 * Cuts XML in UTF-8 into records and builds their values, as `createXmlParser` does but several times as fast: it never
 * takes what that one refuses, and never says why not.
 */
export interface XmlScanner {
  /** Of the record found last: its line, and the indexes of its first byte and of the byte behind it. */
  line: number;
  start: number;
  at: number;
  value: Json;
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
const QUESTION = 0x3f;

/** A stretch without a record or an end tag that is longer is left to the other reader, which has a limit for it. */
const LONGEST = 12 * 1024 * 1024;

const NO_BYTES = Buffer.alloc(0);

/** @param lone the text is a record cut out of its document: prefixes may have been declared outside */
export function createXmlScanner(setup: XmlSetup, lone: boolean): XmlScanner {
  const cursor = createCursor();
  const tag = createXmlTag(cursor);
  let shapes = createShapes(setup, lone);
  const { layouts } = setup;
  const values = createXmlValues(layouts, setup.text);
  /** The open elements; the first stands for the document. */
  const stack: XmlOpen[] = Array.from({ length: MAX_DEPTH + 1 }, () => ({
    shape: shapes.document,
    number: 0,
    layout: layouts.empty,
    values: 0,
    text: undefined,
    blanks: 0,
    hasChildren: false,
    last: undefined,
  }));
  let depth = 0;
  /** Of the open record; 0: none is open. */
  let recordDepth = 0;
  let elements = 0;
  /** Where, from the start of the record, blank text begins and ends. */
  const places: number[] = [];
  const scope = createXmlScope();
  let fresh = true;
  let rootSeen = false;
  let ended = false;
  let isText = true;
  /** How far bytes are known to be UTF-8, and where a record or an end tag was met last. */
  let checked = 0;
  let progress = 0;
  let closed = false;

  const self: XmlScanner = {
    line: 1,
    start: 0,
    at: 0,
    value: null,
    begin(at) {
      if (shapes.isFull()) shapes = createShapes(setup, lone);
      values.clear();
      Object.assign(top(0), { shape: shapes.document, last: undefined });
      depth = recordDepth = places.length = 0;
      scope.clear();
      fresh = isText = true;
      rootSeen = closed = false;
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
    keep: () => (recordDepth > 0 ? self.start : self.at),
  };
  return self;

  function next(): Found {
    if (!isText) return "doubt";
    for (;;) {
      const { lines, surplus } = cursor;
      const after = step(self.at);
      if (after >= 0) {
        self.at = after;
        fresh = false;
        if (!closed) continue;
        closed = false;
        if (after - progress > LONGEST) return "doubt";
        progress = after;
        if (recordDepth !== depth + 1) continue;
        recordDepth = 0;
        return "record";
      }
      cursor.lines = lines;
      cursor.surplus = surplus;
      const isLong = self.at - progress > LONGEST || cursor.bytes.length - self.at > LONGEST;
      if (after === DOUBT || isLong) return "doubt";
      if (!ended) return "more";
      return depth === 0 && rootSeen && self.at === cursor.bytes.length ? "end" : "doubt";
    }
  }

  function top(index: number): XmlOpen {
    return stack[index] as XmlOpen;
  }

  /** Takes the token that begins here. @returns the index behind it, MORE or DOUBT */
  function step(at: number): number {
    const { bytes } = cursor;
    if (at >= bytes.length) return MORE;
    if (bytes[at] !== LESS) return takeText(at);
    switch (bytes[at + 1]) {
      case SLASH:
        return takeEndTag(at);
      case BANG:
        return bytes[at + 2] === 0x5b ? takeCdata(at) : passComment(cursor, at);
      case QUESTION:
        return fresh && isBlankByte(bytes[at + 5])
          ? passDeclaration(cursor, at)
          : passInstruction(cursor, at);
      case undefined:
        return MORE;
      default:
        return takeStartTag(at);
    }
  }

  function takeText(at: number): number {
    const base = cursor.surplus;
    const end = passText(cursor, at);
    if (end < 0) return end;
    if (depth === 0 && !isBlankText(cursor, at, end)) return DOUBT;
    if (end === cursor.bytes.length && !(depth === 0 && ended)) return MORE;
    if (depth === 0) return end;
    if (recordDepth === 0) return !cursor.special || content(at, end, base) !== undefined ? end : DOUBT;
    const element = top(depth);
    if (element.text === undefined && isBlankText(cursor, at, end)) {
      places.push(at - self.start, end - self.start);
      return end;
    }
    return addText(element, content(at, end, base)) ? end : DOUBT;
  }

  function takeCdata(at: number): number {
    const after = depth === 0 ? DOUBT : passCdata(cursor, at);
    if (after < 0 || recordDepth === 0) return after;
    const text = cursor.bytes.toString("utf8", at + "<![CDATA[".length, after - "]]>".length);
    addText(top(depth), withLineFeeds(text));
    return after;
  }

  /** Text with references and line ends resolved; undefined: a reference is none. */
  function content(from: number, to: number, base: number): string | undefined {
    const text = textBetween(cursor, from, to, base);
    return cursor.special ? withoutReferences(withLineFeeds(text)) : text;
  }

  function addText(element: XmlOpen, text: string | undefined): boolean {
    if (text === undefined) return false;
    element.text = (element.text ?? blanksOf(element)) + text;
    return true;
  }

  function blanksOf(element: XmlOpen): string {
    return blanksBetween(cursor, places, element.blanks, self.start);
  }

  function takeStartTag(at: number): number {
    const { bytes } = cursor;
    const line = cursor.lines;
    const parent = top(depth);
    const guess = parent.last === undefined ? parent.shape.first : parent.last.next;
    let shape = guess;
    if (guess === undefined || !isNamed(bytes, at + 1, guess.bytes)) {
      const nameEnd = endOfName(bytes, at + 1);
      if (nameEnd < 0) return nameEnd;
      shape = shapes.child(parent.shape, bytes.toString("utf8", at + 1, nameEnd));
      if (parent.last === undefined) parent.shape.first = shape;
      else parent.last.next = shape;
    }
    if (shape === undefined || depth === MAX_DEPTH || (depth === 0 && rootSeen)) return DOUBT;
    let end = at + 1 + shape.bytes.length;
    cursor.surplus += shape.surplus;
    tag.count = 0;
    if (bytes[end] !== GREATER) {
      end = tag.read(shapes, shape, end);
      if (end < 0) return end;
    } else if (recordDepth > 0) {
      const after = takeLeaf(parent, shape, end + 1);
      if (after !== MORE) return after;
    }
    const isEmpty = bytes[end] === SLASH;
    if (isEmpty && bytes[end + 1] !== GREATER) return end + 1 < bytes.length ? DOUBT : MORE;
    if (shape.isRecord) {
      self.line = line;
      self.start = at;
      recordDepth = depth + 1;
    }
    parent.last = shape;
    if (!open(shape)) return DOUBT;
    if (isEmpty) close();
    return end + (isEmpty ? 2 : 1);
  }

  /** An element with text alone, which most are. @returns MORE when it is not, or not yet known to be one */
  function takeLeaf(parent: XmlOpen, shape: XmlShape, from: number): number {
    const { bytes, lines, surplus } = cursor;
    const end = passText(cursor, from);
    if (end < 0) return end;
    const after = end + 2 + shape.bytes.length;
    if (bytes[end + 1] === SLASH && bytes[after] === GREATER && isNamed(bytes, end + 2, shape.bytes)) {
      const text = content(from, end, surplus);
      if (text === undefined || !scope.has(shape.prefix)) return DOUBT;
      values.attach(
        parent,
        shape,
        (cursor.special || (bytes[from] as number) <= 32) && isLayout(text) ? "" : text,
      );
      parent.last = shape;
      cursor.surplus += shape.surplus;
      return after + 1;
    }
    cursor.lines = lines;
    cursor.surplus = surplus;
    return MORE;
  }

  /** False: something about its names is wrong. */
  function open(shape: XmlShape): boolean {
    rootSeen = true;
    depth++;
    const element = top(depth);
    element.shape = shape;
    element.number = ++elements;
    element.layout = layouts.empty;
    element.values = values.count();
    element.text = undefined;
    element.blanks = places.length;
    element.hasChildren = false;
    element.last = undefined;
    if (tag.count > 0) {
      for (const prefix of tag.declared()) scope.declare(prefix, depth);
      if (!tag.attachTo(element, values) || !tag.prefixes().every(scope.has)) return false;
    }
    return scope.has(shape.prefix);
  }

  function takeEndTag(at: number): number {
    const { bytes } = cursor;
    const { shape } = top(depth);
    if (depth === 0) return DOUBT;
    const nameEnd = at + 2 + shape.bytes.length;
    if (nameEnd >= bytes.length) return MORE;
    if (!isNamed(bytes, at + 2, shape.bytes)) return DOUBT;
    const end = passBlanks(cursor, nameEnd);
    if (end === bytes.length) return MORE;
    if (bytes[end] !== GREATER) return DOUBT;
    cursor.surplus += shape.surplus;
    close();
    return end + 1;
  }

  function close(): void {
    const element = top(depth);
    scope.leave(depth);
    depth--;
    closed = recordDepth === 0 || recordDepth === depth + 1;
    if (recordDepth === 0) return;
    const value = values.finish(element, () => blanksOf(element));
    places.length = element.blanks;
    if (closed) self.value = value;
    else values.attach(top(depth), element.shape, value);
  }
}

import { MAX_DEPTH } from "./json-scan.ts";
import type { XmlTag } from "./xml-attributes.ts";
import { DOUBT, endOfName, isNamed, MORE, passText, type XmlCursor } from "./xml-cursor.ts";
import type { XmlNesting, XmlRecord } from "./xml-nesting.ts";
import type { XmlShape, XmlShapes } from "./xml-shape.ts";
import { contentBetween } from "./xml-text.ts";
import { isLayout, type XmlOpen } from "./xml-value.ts";

const SLASH = 0x2f;
const GREATER = 0x3e;

/** What taking a start tag changes. */
export interface XmlScanState {
  readonly cursor: XmlCursor;
  /** Reads the attributes. */
  readonly tag: XmlTag;
  readonly nesting: XmlNesting;
  readonly record: XmlRecord;
  /** Replaced when it is full. */
  shapes: XmlShapes;
}

/** Takes the start tag that begins here; the whole element where it has text alone. @returns the index behind it, MORE or DOUBT */
export function takeStartTag(state: XmlScanState, at: number): number {
  const { cursor, tag, nesting } = state;
  const { bytes, lines: line } = cursor;
  const { depth } = nesting;
  const parent = nesting.top();
  const guess = parent.last === undefined ? parent.shape.first : parent.last.next;
  let shape = guess;
  if (guess === undefined || !isNamed(bytes, at + 1, guess.bytes)) {
    const nameEnd = endOfName(bytes, at + 1);
    if (nameEnd < 0) return nameEnd;
    shape = state.shapes.child(parent.shape, bytes.toString("utf8", at + 1, nameEnd));
    if (parent.last === undefined) parent.shape.first = shape;
    else parent.last.next = shape;
  }
  if (shape === undefined || depth === MAX_DEPTH || (depth === 0 && nesting.rootSeen)) return DOUBT;
  let end = at + 1 + shape.bytes.length;
  cursor.surplus += shape.surplus;
  tag.count = 0;
  if (bytes[end] !== GREATER) {
    end = tag.read(state.shapes, shape, end);
    if (end < 0) return end;
  } else if (nesting.recordDepth > 0) {
    const after = takeLeaf(cursor, nesting, parent, shape, end + 1);
    if (after !== MORE) return after;
  }
  const isEmpty = bytes[end] === SLASH;
  if (isEmpty && bytes[end + 1] !== GREATER) return end + 1 < bytes.length ? DOUBT : MORE;
  if (shape.isRecord) {
    state.record.line = line;
    state.record.start = at;
    nesting.recordDepth = depth + 1;
  }
  parent.last = shape;
  if (!nesting.open(shape, tag)) return DOUBT;
  if (isEmpty) nesting.close();
  return end + (isEmpty ? 2 : 1);
}

/** An element with text alone, which most are. @returns MORE when it is not, or not yet known to be one */
function takeLeaf(
  cursor: XmlCursor,
  nesting: XmlNesting,
  parent: XmlOpen,
  shape: XmlShape,
  from: number,
): number {
  const { bytes, lines, surplus } = cursor;
  const end = passText(cursor, from);
  if (end < 0) return end;
  const after = end + 2 + shape.bytes.length;
  if (bytes[end + 1] === SLASH && bytes[after] === GREATER && isNamed(bytes, end + 2, shape.bytes)) {
    const text = contentBetween(cursor, from, end, surplus);
    if (text === undefined) return DOUBT;
    const isDropped = (cursor.special || (bytes[from] as number) <= 32) && isLayout(text);
    if (!nesting.addLeaf(parent, shape, isDropped ? "" : text)) return DOUBT;
    cursor.surplus += shape.surplus;
    return after + 1;
  }
  cursor.lines = lines;
  cursor.surplus = surplus;
  return MORE;
}

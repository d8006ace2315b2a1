import type { Json } from "../message/json.ts";
import { MAX_DEPTH } from "./json-scan.ts";
import type { XmlTag } from "./xml-attributes.ts";
import type { XmlCursor } from "./xml-cursor.ts";
import type { XmlSetup } from "./xml-options.ts";
import { createXmlScope } from "./xml-scope.ts";
import type { XmlShape } from "./xml-shape.ts";
import { blanksBetween, createXmlValues, type XmlOpen } from "./xml-value.ts";

/** The record found last. */
export interface XmlRecord {
  line: number;
  /** Index of its first byte in the bytes at hand. */
  start: number;
  value: Json;
}

/** The elements that are open where a scanner is, and the record that they become. */
export interface XmlNesting {
  /** How many are open. */
  depth: number;
  /** Of the open record; 0: none is open. */
  recordDepth: number;
  rootSeen: boolean;
  /** A record has ended, or an element outside of one; who asks sets it back. */
  closed: boolean;
  /** A new document begins: nothing is open. @param shape the document's */
  clear(shape: XmlShape): void;
  /** The innermost of those open; the document where none is. */
  top(): XmlOpen;
  /** False: something about its names is wrong. @param tag its attributes */
  open(shape: XmlShape, tag: XmlTag): boolean;
  /** A whole element with text alone. False: its prefix is declared nowhere. */
  addLeaf(parent: XmlOpen, shape: XmlShape, text: string): boolean;
  addText(text: string): void;
  /** Blank text, which seldom counts; it is looked at again where it does. */
  addBlanks(from: number, to: number): void;
  close(): void;
}

/** @param record takes what is found; its `start` is kept up to date by the owner */
export function createXmlNesting(
  setup: XmlSetup,
  cursor: XmlCursor,
  record: XmlRecord,
  document: XmlShape,
): XmlNesting {
  const { layouts } = setup;
  const values = createXmlValues(layouts, setup.text);
  const scope = createXmlScope();
  /** The open elements; the first stands for the document. */
  const stack: XmlOpen[] = Array.from({ length: MAX_DEPTH + 1 }, () => ({
    shape: document,
    number: 0,
    layout: layouts.empty,
    values: 0,
    text: undefined,
    blanks: 0,
    hasChildren: false,
    last: undefined,
  }));
  let elements = 0;
  /** Where, from the start of the record, blank text begins and ends. */
  const places: number[] = [];

  const self: XmlNesting = {
    depth: 0,
    recordDepth: 0,
    rootSeen: false,
    closed: false,
    clear(shape) {
      values.clear();
      Object.assign(stack[0] as XmlOpen, { shape, last: undefined });
      self.depth = self.recordDepth = places.length = 0;
      self.rootSeen = self.closed = false;
      scope.clear();
    },
    top: () => stack[self.depth] as XmlOpen,
    open,
    addLeaf(parent, shape, text) {
      if (!scope.has(shape.prefix)) return false;
      values.attach(parent, shape, text);
      parent.last = shape;
      return true;
    },
    addText(text) {
      const element = self.top();
      element.text = (element.text ?? blanksOf(element)) + text;
    },
    addBlanks(from, to) {
      places.push(from - record.start, to - record.start);
    },
    close,
  };
  return self;

  function open(shape: XmlShape, tag: XmlTag): boolean {
    self.rootSeen = true;
    const depth = ++self.depth;
    const element = stack[depth] as XmlOpen;
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

  function close(): void {
    const element = self.top();
    scope.leave(self.depth);
    self.depth--;
    self.closed = self.recordDepth === 0 || self.recordDepth === self.depth + 1;
    if (self.recordDepth === 0) return;
    const value = values.finish(element, () => blanksOf(element));
    places.length = element.blanks;
    if (self.closed) record.value = value;
    else values.attach(self.top(), element.shape, value);
  }

  function blanksOf(element: XmlOpen): string {
    return blanksBetween(cursor, places, element.blanks, record.start);
  }
}

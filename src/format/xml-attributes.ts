import {
  DOUBT,
  endOfName,
  isNamed,
  MORE,
  passBlanks,
  passTo,
  textBetween,
  type XmlCursor,
} from "./xml-cursor.ts";
import { withoutReferences } from "./xml-reference.ts";
import type { XmlAttribute, XmlShape, XmlShapes } from "./xml-shape.ts";
import type { XmlOpen, XmlValues } from "./xml-value.ts";

/** Attributes of one element, at most. */
export const MAX_ATTRIBUTES = 1000;

/** The attributes of the start tag read last. */
export interface XmlTag {
  count: number;
  /** @param at behind the name of the element. @returns the index of `>` or `/`, MORE or DOUBT */
  read(shapes: XmlShapes, shape: XmlShape, at: number): number;
  /** Prefixes that they declare, and that they use. */
  declared(): readonly string[];
  prefixes(): readonly string[];
  /** False: two have the same name, or would become the same member. */
  attachTo(element: XmlOpen, to: XmlValues): boolean;
}

export function createXmlTag(cursor: XmlCursor): XmlTag {
  const found: XmlAttribute[] = [];
  const values: string[] = [];
  const self: XmlTag = {
    count: 0,
    read(shapes, shape, start) {
      const { bytes } = cursor;
      found.length = values.length = 0;
      for (let at = start; ; at++) {
        const from = passBlanks(cursor, at);
        if (from === bytes.length) return MORE;
        if (bytes[from] === 0x3e || bytes[from] === 0x2f) return from;
        if (from === at || found.length === MAX_ATTRIBUTES) return DOUBT;
        at = readName(shapes, shape, from);
        if (at >= 0) at = readValue(at);
        if (at < 0) return at;
        self.count = found.length;
      }
    },
    declared: () =>
      found.flatMap(({ declares }) => (declares === undefined || declares === "" ? [] : [declares])),
    prefixes: () => found.map(({ prefix }) => prefix),
    attachTo(element, to) {
      for (let index = 0; index < found.length; index++) {
        const { member, occurrence, declares } = found[index] as XmlAttribute;
        const value = values[index] as string;
        if (declares && value === "") return false;
        if (!to.attachAttribute(element, member, occurrence, value)) return false;
      }
      return true;
    },
  };
  return self;

  /** @returns the index behind the name */
  function readName(shapes: XmlShapes, shape: XmlShape, from: number): number {
    const { bytes } = cursor;
    const last = found.at(-1);
    let attribute = last === undefined ? shape.firstAttribute : last.next;
    if (attribute === undefined || !isNamed(bytes, from, attribute.bytes)) {
      const end = endOfName(bytes, from);
      if (end < 0) return end;
      attribute = shapes.attribute(shape, bytes.toString("utf8", from, end));
      if (attribute === undefined) return DOUBT;
      if (last === undefined) shape.firstAttribute = attribute;
      else last.next = attribute;
    }
    found.push(attribute);
    cursor.surplus += attribute.surplus;
    return from + attribute.bytes.length;
  }

  /** @returns the index of the closing quote */
  function readValue(at: number): number {
    const { bytes } = cursor;
    const equals = passBlanks(cursor, at);
    const opening = bytes[equals] === 0x3d ? passBlanks(cursor, equals + 1) : equals;
    if (opening >= bytes.length) return MORE;
    const quote = bytes[opening] as number;
    if (opening === equals || (quote !== 0x22 && quote !== 0x27)) return DOUBT;
    const base = cursor.surplus;
    const closing = passTo(cursor, opening + 1, quote);
    if (closing < 0) return closing;
    const value = normalized(textBetween(cursor, opening + 1, closing, base));
    if (value === undefined) return DOUBT;
    values.push(value);
    return closing;
  }
}

/** The value as XML hands it on; undefined when a reference is none, or `<` stands in it. */
function normalized(text: string): string | undefined {
  if (!/[\t\n\r&<]/.test(text)) return text;
  return text.includes("<") ? undefined : withoutReferences(text.replace(/\r\n|[\t\n\r]/g, " "));
}

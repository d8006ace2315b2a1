import type { Json } from "../message/json.ts";
import { internedName, type ObjectLayout, type ObjectLayouts } from "./object-layout.ts";
import { isBlankBetween, type XmlCursor } from "./xml-cursor.ts";
import type { Occurrence, XmlShape } from "./xml-shape.ts";

/** Blank text, as between elements. */
export function isBlank(text: string): boolean {
  // Most text begins with a letter, which settles it.
  return text.charCodeAt(0) > 32 ? false : /^[ \t\r\n]*$/.test(text);
}

/** Blank with a line end: a pretty printer's work. Blank without one may be a value. */
export function isLayout(text: string): boolean {
  return isBlank(text) && text.includes("\n");
}

/** An element that is not closed yet. One such object serves all elements of a depth. */
export interface XmlOpen {
  shape: XmlShape;
  /** Never the same for two elements of a file. */
  number: number;
  /** Its members so far; their values are the last ones of `XmlValues`, from this index on. */
  layout: ObjectLayout;
  values: number;
  /** Undefined: only blanks so far, at the places in `blanks` from this index on. */
  text: string | undefined;
  blanks: number;
  hasChildren: boolean;
  /** The child that came last. */
  last: XmlShape | undefined;
}

/** Builds the values of elements, the inner ones first. */
export interface XmlValues {
  /** Where the next value will be. */
  count(): number;
  clear(): void;
  /** Adds a child's value to its parent: once a member, more often an array. */
  attach(parent: XmlOpen, shape: XmlShape, value: Json): void;
  /** False: it has the member already. */
  attachAttribute(
    element: XmlOpen,
    member: string | undefined,
    occurrence: Occurrence,
    value: string,
  ): boolean;
  /** The value of an element that ends. @param blanks text that was blank, only made when it is needed */
  finish(element: XmlOpen, blanks: () => string): Json;
}

export function createXmlValues(layouts: ObjectLayouts, textMember: string): XmlValues {
  const text = internedName(textMember);
  /** Values of the members of all open elements. */
  const values: Json[] = [];

  function add(element: XmlOpen, member: string, value: Json): void {
    element.layout = layouts.add(element.layout, member);
    values.push(value);
  }

  return {
    count: () => values.length,
    clear() {
      values.length = 0;
    },
    attach(parent, shape, value) {
      parent.hasChildren = true;
      const { occurrence } = shape;
      if (occurrence.element !== parent.number) {
        occurrence.element = parent.number;
        occurrence.index = values.length;
        add(parent, shape.member, shape.isArray ? [value] : value);
        return;
      }
      const earlier = values[occurrence.index] as Json;
      if (Array.isArray(earlier)) earlier.push(value);
      else values[occurrence.index] = [earlier, value];
    },
    attachAttribute(element, member, occurrence, value) {
      if (occurrence.element === element.number) return false;
      occurrence.element = element.number;
      if (member !== undefined) add(element, member, value);
      return true;
    },
    finish(element, blanks) {
      const { hasChildren } = element;
      const isSimple = element.layout === layouts.empty;
      if (!hasChildren || element.text !== undefined) {
        const content = element.text ?? blanks();
        if (isSimple) return isLayout(content) ? "" : content;
        const counts = hasChildren ? !isBlank(content) : content !== "" && !isLayout(content);
        if (counts) add(element, text, content);
      }
      const value = layouts.make(element.layout, values, element.values);
      values.length = element.values;
      return value;
    },
  };
}

/** The stretches of blanks between the places noted, two numbers each. */
export function blanksBetween(
  cursor: XmlCursor,
  places: readonly number[],
  index: number,
  base: number,
): string {
  let text = "";
  for (let at = index; at < places.length; at += 2) {
    const blank = cursor.bytes.toString("latin1", base + (places[at] ?? 0), base + (places[at + 1] ?? 0));
    text += withLineFeeds(blank);
  }
  return text;
}

/** Line ends as XML hands them on. */
export function withLineFeeds(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** Whether text between tags is but blanks. */
export function isBlankText({ bytes }: XmlCursor, from: number, to: number): boolean {
  return (bytes[from] ?? 0) <= 32 && isBlankBetween(bytes, from, to);
}

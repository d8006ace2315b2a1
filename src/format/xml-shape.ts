import { internedName } from "./object-layout.ts";
import { isDeclaration, isXmlName, prefixOf } from "./xml-name.ts";
import { localName, matchesPath, type XmlSetup } from "./xml-options.ts";

/** What is known of the elements of one path: worked out once, and found again by comparing bytes. */
export interface XmlShape {
  /** The name as written, and how many more bytes than UTF-16 units it has. */
  readonly bytes: Buffer;
  readonly surplus: number;
  /** To be declared by the element or one around it; "": none. */
  readonly prefix: string;
  /** Names as written, from the root down. */
  readonly path: readonly string[];
  /** How many of them are outside of the record; undefined: all are. */
  readonly outside: number | undefined;
  readonly isRecord: boolean;
  readonly isArray: boolean;
  /** What it is called in the value of its parent. */
  readonly member: string;
  readonly occurrence: Occurrence;
  readonly occurrences: Map<string, Occurrence>;
  readonly children: Map<string, XmlShape>;
  readonly attributes: Map<string, XmlAttribute>;
  /** What came first in it, and what followed it, the last time: most likely what comes now. */
  first: XmlShape | undefined;
  firstAttribute: XmlAttribute | undefined;
  next: XmlShape | undefined;
}

export interface XmlAttribute {
  /** As of a shape. */
  readonly bytes: Buffer;
  readonly surplus: number;
  /** What it is called in the value; undefined: it is not part of it. */
  readonly member: string | undefined;
  readonly occurrence: Occurrence;
  /** The prefix it declares. */
  readonly declares: string | undefined;
  /** To be declared by the element or one around it; "": none. */
  readonly prefix: string;
  next: XmlAttribute | undefined;
}

/** Shared by all that become the same member of a value. */
export interface Occurrence {
  /** The number of the element that has the member by now. */
  element: number;
  /** Where its value is among those of the open elements. */
  index: number;
}

/** Every shape met so far. */
export interface XmlShapes {
  /** Stands for the document; its children are roots. */
  readonly document: XmlShape;
  /** Undefined: the name is none, or only a slow and careful parser should judge it. */
  child(parent: XmlShape, name: string): XmlShape | undefined;
  attribute(shape: XmlShape, name: string): XmlAttribute | undefined;
  isFull(): boolean;
}

/** More shapes than any sensible document has. */
const MOST = 5000;
const LONGEST_NAME = 1000;

/** @param lone the root is the record, and prefixes may have been declared outside */
export function createShapes(setup: XmlSetup, lone: boolean): XmlShapes {
  let count = 0;
  const document = shapeOf([], undefined, "", "", { element: 0, index: 0 });
  return {
    document,
    isFull: () => count >= MOST,
    child(parent, name) {
      const known = parent.children.get(name);
      if (known !== undefined) return known;
      const prefix = soundPrefix(name);
      const member = internedName(setup.strip ? localName(name) : name);
      if (prefix === undefined || prefix === "xmlns" || member === "__proto__" || member === setup.text) {
        return undefined;
      }
      const path = [...parent.path, name];
      const outside = parent.outside ?? (isRecord(path) ? path.length - 1 : undefined);
      const shape = shapeOf(path, outside, prefix, member, occurrenceOf(parent, member));
      parent.children.set(name, shape);
      return shape;
    },
    attribute(shape, name) {
      const known = shape.attributes.get(name);
      if (known !== undefined) return known;
      const prefix = soundPrefix(name);
      if (prefix === undefined) return undefined;
      const attribute = attributeOf(shape, name, prefix);
      shape.attributes.set(name, attribute);
      return attribute;
    },
  };

  function shapeOf(
    path: readonly string[],
    outside: number | undefined,
    prefix: string,
    member: string,
    occurrence: Occurrence,
  ): XmlShape {
    const name = path.at(-1) ?? "";
    const arrays = outside === undefined ? undefined : setup.arrays.get(member);
    const bytes = Buffer.from(name);
    return {
      bytes,
      surplus: bytes.length - name.length,
      prefix: needed(prefix),
      path,
      outside,
      isRecord: outside === path.length - 1,
      isArray: arrays?.some((array) => matchesPath(array, path, outside)) ?? false,
      member,
      occurrence,
      occurrences: new Map(),
      children: new Map(),
      attributes: new Map(),
      first: undefined,
      firstAttribute: undefined,
      next: undefined,
    };
  }

  function attributeOf(shape: XmlShape, name: string, prefix: string): XmlAttribute {
    const declares = isDeclaration(name);
    const member = internedName(setup.attributes + (setup.strip ? localName(name) : name));
    const isMember = shape.outside !== undefined && !(declares && setup.strip);
    const bytes = Buffer.from(name);
    return {
      bytes,
      surplus: bytes.length - name.length,
      member: isMember ? member : undefined,
      occurrence: isMember ? occurrenceOf(shape, member) : { element: 0, index: 0 },
      declares: declares ? name.slice(6) : undefined,
      prefix: declares ? "" : needed(prefix),
      next: undefined,
    };
  }

  function occurrenceOf(parent: XmlShape, member: string): Occurrence {
    const known = parent.occurrences.get(member) ?? { element: 0, index: 0 };
    parent.occurrences.set(member, known);
    return known;
  }

  function isRecord(path: readonly string[]): boolean {
    return lone ? path.length === 1 : matchesPath(setup.record, path);
  }

  function soundPrefix(name: string): string | undefined {
    if (name.length > LONGEST_NAME || count >= MOST || !isXmlName(name)) return undefined;
    count++;
    return prefixOf(name);
  }

  function needed(prefix: string): string {
    return lone || prefix === "xml" ? "" : prefix;
  }
}

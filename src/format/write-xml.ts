import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { refused } from "./write-refusal.ts";

/** XML as it is written: the reverse of what is read with the same names. */
export interface XmlWriteOptions {
  /** The outermost element. */
  readonly root: string;
  /** The element that is one record. */
  readonly record: string;
  /** What the names of members begin with that are attributes; default "@". */
  readonly attributes?: string;
  /** The member for text beside attributes; default "#text". */
  readonly text?: string;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
/** Characters that no XML 1.0 document may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/;

export function xmlHead({ root }: XmlWriteOptions): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>\n`;
}

/** One record. @param index which, from 0 */
export function xmlElement(record: JsonObject, index: number, options: XmlWriteOptions): string {
  const { attributes = "@", text = "#text" } = options;
  return element(options.record, record, { attributes, text, index }, "  ");
}

export function xmlTail({ root }: XmlWriteOptions): string {
  return `</${root}>\n`;
}

interface Writing {
  readonly attributes: string;
  readonly text: string;
  /** Which record, from 0. */
  readonly index: number;
}

/** A list is repeated elements, null an empty one. */
function element(name: string, value: Json, writing: Writing, indent: string): string {
  if (Array.isArray(value)) return value.map((one) => element(name, one, writing, indent)).join("");
  if (!NAME.test(name)) throw refused(writing.index, "has a field whose name no element can have");
  if (!isObject(value)) {
    const text = value === null ? "" : escaped(String(value), writing);
    return `${indent}<${name}>${text}</${name}>\n`;
  }
  const own = Object.entries(value);
  const attributes = own.filter(([field]) => field.startsWith(writing.attributes));
  const tag = name + attributes.map(([field, text]) => attribute(field, text, writing)).join("");
  const text = value[writing.text];
  const inner = own
    .filter(([field]) => !field.startsWith(writing.attributes) && field !== writing.text)
    .map(([field, one]) => element(field, one, writing, `${indent}  `))
    .join("");
  const said = text === undefined || text === null ? "" : escaped(String(text), writing);
  return inner === ""
    ? `${indent}<${tag}>${said}</${name}>\n`
    : `${indent}<${tag}>${said}\n${inner}${indent}</${name}>\n`;
}

function attribute(field: string, value: Json, writing: Writing): string {
  const name = field.slice(writing.attributes.length);
  if (!NAME.test(name)) throw refused(writing.index, "has a field whose name no attribute can have");
  if (typeof value === "object" && value !== null)
    throw refused(writing.index, `has a list or object in ${field}`);
  return value === null ? "" : ` ${name}="${escaped(String(value), writing)}"`;
}

function escaped(text: string, { index }: Writing): string {
  if (FORBIDDEN.test(text)) throw refused(index, "has a character that XML cannot hold");
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;");
}

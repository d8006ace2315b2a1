import { DOUBT, endOfName, isBlankByte, MORE, passToAll, type XmlCursor } from "./xml-cursor.ts";
import { isXmlName } from "./xml-name.ts";

const LINES_OF_COMMENT = [0x2d, 0x2d];
const END_OF_CDATA = [0x5d, 0x5d, 0x3e];
const END_OF_INSTRUCTION = [0x3f, 0x3e];

const CDATA = Buffer.from("<![CDATA[");
const COMMENT = Buffer.from("<!--");

/** The declaration of a document in XML 1.0; another version has other rules. */
const BLANK = "[ \\t\\r\\n]";
const DECLARATION = new RegExp(
  `^<\\?xml${part("version", "1\\.0")}(?:${part("encoding", "[A-Za-z][A-Za-z0-9._-]*")})?` +
    `(?:${part("standalone", "(?:yes|no)")})?${BLANK}*\\?>$`,
);

function part(name: string, value: string): string {
  return `${BLANK}+${name}${BLANK}*=${BLANK}*(?:"${value}"|'${value}')`;
}

// Each returns the index behind what begins at `at`, MORE, or DOUBT when that is something else or wrong.

export function passComment(cursor: XmlCursor, at: number): number {
  const begun = begins(cursor, at, COMMENT);
  if (begun < 0) return begun;
  const lines = passToAll(cursor, begun, LINES_OF_COMMENT);
  if (lines < 0) return lines;
  if (lines + 2 === cursor.bytes.length) return MORE;
  return cursor.bytes[lines + 2] === 0x3e ? lines + 3 : DOUBT;
}

export function passCdata(cursor: XmlCursor, at: number): number {
  const begun = begins(cursor, at, CDATA);
  return begun < 0 ? begun : passBehind(cursor, begun, END_OF_CDATA);
}

/** A processing instruction; not the declaration of the document. */
export function passInstruction(cursor: XmlCursor, at: number): number {
  const { bytes } = cursor;
  const end = endOfName(bytes, at + 2);
  if (end < 0) return end;
  const target = bytes.toString("utf8", at + 2, end);
  if (!isXmlName(target) || target.toLowerCase() === "xml") return DOUBT;
  cursor.surplus += end - at - 2 - target.length;
  const after = passBehind(cursor, end, END_OF_INSTRUCTION);
  return after < 0 || isBlankByte(bytes[end]) || after === end + 2 ? after : DOUBT;
}

export function passDeclaration(cursor: XmlCursor, at: number): number {
  const after = passBehind(cursor, at + 2, END_OF_INSTRUCTION);
  if (after < 0) return after;
  return DECLARATION.test(cursor.bytes.toString("utf8", at, after)) ? after : DOUBT;
}

function passBehind(cursor: XmlCursor, from: number, end: readonly number[]): number {
  const at = passToAll(cursor, from, end);
  return at < 0 ? at : at + end.length;
}

function begins({ bytes }: XmlCursor, at: number, wanted: Buffer): number {
  if (at + wanted.length > bytes.length) return MORE;
  return bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0 ? at + wanted.length : DOUBT;
}

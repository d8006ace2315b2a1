import { DOUBT, MORE, passText, textBetween, type XmlCursor } from "./xml-cursor.ts";
import { passCdata } from "./xml-markup.ts";
import type { XmlNesting } from "./xml-nesting.ts";
import { withoutReferences } from "./xml-reference.ts";
import { isBlankText, withLineFeeds } from "./xml-value.ts";

/** Takes the text that begins here. @param ended the bytes reach to the end of the document. @returns the index behind it, MORE or DOUBT */
export function takeText(cursor: XmlCursor, nesting: XmlNesting, at: number, ended: boolean): number {
  const isOutside = nesting.depth === 0;
  const base = cursor.surplus;
  const end = passText(cursor, at);
  if (end < 0) return end;
  if (isOutside && !isBlankText(cursor, at, end)) return DOUBT;
  if (end === cursor.bytes.length && !(isOutside && ended)) return MORE;
  if (isOutside) return end;
  if (nesting.recordDepth === 0)
    return !cursor.special || contentBetween(cursor, at, end, base) !== undefined ? end : DOUBT;
  if (nesting.top().text === undefined && isBlankText(cursor, at, end)) {
    nesting.addBlanks(at, end);
    return end;
  }
  const text = contentBetween(cursor, at, end, base);
  if (text === undefined) return DOUBT;
  nesting.addText(text);
  return end;
}

/** Takes the CDATA section that begins here. @returns the index behind it, MORE or DOUBT */
export function takeCdata(cursor: XmlCursor, nesting: XmlNesting, at: number): number {
  const after = nesting.depth === 0 ? DOUBT : passCdata(cursor, at);
  if (after < 0 || nesting.recordDepth === 0) return after;
  const text = cursor.bytes.toString("utf8", at + "<![CDATA[".length, after - "]]>".length);
  nesting.addText(withLineFeeds(text));
  return after;
}

/**
 * The text passed last, with references and line ends resolved; undefined: a reference is none.
 * @param base the cursor's `surplus` as it was at `from`
 */
export function contentBetween(
  cursor: XmlCursor,
  from: number,
  to: number,
  base: number,
): string | undefined {
  const text = textBetween(cursor, from, to, base);
  return cursor.special ? withoutReferences(withLineFeeds(text)) : text;
}

import { createJsonCutter } from "./json-cut.ts";
import { asBuffer, bomLength } from "./text.ts";

/**
 * The items of an array as they stand in it, byte for byte.
 * @param utf8 a JSON array that was parsed: here its brackets and strings are only followed
 */
export function jsonItems(utf8: Uint8Array): readonly Uint8Array[] {
  const bytes = asBuffer(utf8);
  const cutter = createJsonCutter([], bomLength(bytes));
  const items: Uint8Array[] = [];
  while (cutter.next(bytes, 0, true)) items.push(bytes.subarray(cutter.start, cutter.end));
  return items;
}

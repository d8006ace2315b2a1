import type { Issue } from "../errors.ts";
import type { Place } from "../message/place.ts";
import { locateIn } from "./locate-pair.ts";
import type { Mapping } from "./mapping.ts";
import { parseMapping } from "./parse.ts";

/** Where the mapping makes the member at a JSON pointer of its result: the key's line and column. A best guess. */
export function locateField(mapping: Mapping, pointer: string): Place | undefined {
  // Parsed anew: only failures ask, and the contract of a mapping need not carry a syntax tree for them.
  const root = parseMapping(mapping.text, mapping.path).root;
  return locateIn({ path: mapping.path, text: mapping.text, root }, pointer);
}

/** Findings of an emits-schema with the line of the mapping added to each that has one. */
export function describeEmits(issues: readonly Issue[], mapping: Mapping): readonly Issue[] {
  return issues.map((issue) => {
    const field = issue.place?.field;
    const place = field === undefined ? undefined : locateField(mapping, field);
    return place === undefined
      ? issue
      : { ...issue, place: { ...place, ...issue.place, file: mapping.path } };
  });
}

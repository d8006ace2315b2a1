import { HubError } from "../errors.ts";
import type { Mapping, PathGetter } from "../mapping/mapping.ts";
import { ArrayOnPath, pathGetter } from "../mapping/path.ts";
import type { Json } from "../message/json.ts";

export type KeyOf = (value: Json, bindings: Readonly<Record<string, Json>>) => string;

/** Keys longer than this are refused: they are index entries. UTF-16 units. */
const LONGEST_KEY = 512;

/** The ordering key as a function. @throws (the function) HubError TL_KEY_MISSING */
export function keyOf(text: string, mapping: Mapping): KeyOf {
  const path = pathGetter(text);
  return (value, bindings) => {
    const direct = path === null ? undefined : getDirect(path, value);
    if (direct !== undefined && direct !== null && typeof direct !== "object")
      return toKey(direct, mapping.path);
    return toKey(mapping.evaluate(value, bindings), mapping.path);
  };
}

/** What the path gives where it is only objects; an array on the way is left to the expression itself. */
function getDirect(path: PathGetter, value: Json): Json | undefined {
  try {
    return path(value);
  } catch (error) {
    if (error instanceof ArrayOnPath) return undefined;
    throw error;
  }
}

/** A key or an event id from what an expression gave. @throws HubError TL_KEY_MISSING */
export function toKey(found: Json | undefined, path: string): string {
  if (typeof found === "number") return String(found);
  if (typeof found !== "string" || found === "") {
    throw new HubError("TL_KEY_MISSING", "the key expression gives no text or number for this record", {
      place: { file: path },
    });
  }
  if (found.length > LONGEST_KEY) {
    throw new HubError("TL_KEY_MISSING", `the key is longer than ${LONGEST_KEY} characters`, {
      place: { file: path },
    });
  }
  return found;
}

import { isObject, type Json } from "../message/json.ts";
import type { Path } from "./yaml-file.ts";

/** The value at a path of a file that may be wrong anywhere; undefined where there is none. */
export function valueAt(value: Json | undefined, ...path: Path): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(found))
      found = typeof step === "number" ? (found[step] as Json | undefined) : undefined;
    else if (isObject(found)) found = Object.hasOwn(found, step) ? found[step] : undefined;
    else return undefined;
  }
  return found;
}

/** The text at a path; undefined when there is none or something else. */
export function textAt(value: Json | undefined, ...path: Path): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The list at a path; empty when there is none or something else. */
export function listAt(value: Json | undefined, ...path: Path): readonly Json[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

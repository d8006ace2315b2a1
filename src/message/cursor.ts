import { HubError } from "../errors.ts";
import type { Json } from "./json.ts";

/** A place in a list as opaque text for an API. */
export function writeCursor(place: readonly Json[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** The place behind a cursor, when its parts have these types, numbers whole. @throws TL_USAGE when it is not one of ours */
export function readCursor(text: string, types: readonly ("string" | "number")[]): readonly Json[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    parts = undefined;
  }
  const fits =
    Array.isArray(parts) &&
    parts.length === types.length &&
    parts.every((part, i) => (types[i] === "number" ? Number.isSafeInteger(part) : typeof part === "string"));
  if (!fits) throw new HubError("TL_USAGE", "the cursor is not one this list gave");
  return parts as readonly Json[];
}

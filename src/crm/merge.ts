import { isObject, type Json, type JsonObject } from "../message/json.ts";

/** Fields merged part by part; all others are replaced as a whole. */
const BY_PART = new Set(["name", "attributes"]);

/**
 * What a system says of a thing after `record`: a missing field leaves, null or an empty list clears, anything else
 * replaces. Gives a new object without nulls, `op` and `id`; `earlier` is not touched.
 */
export function mergeRecord(earlier: JsonObject, record: JsonObject): JsonObject {
  const values: Record<string, Json> = { ...earlier };
  for (const field in record) {
    if (field === "op" || field === "id") continue;
    const value = record[field] as Json;
    const kept = BY_PART.has(field) && isObject(value) ? mergeParts(earlier[field], value) : value;
    if (isEmpty(kept)) delete values[field];
    else values[field] = kept;
  }
  return values;
}

/** Parts laid over the earlier ones; null when none is left. */
function mergeParts(earlier: Json | undefined, parts: JsonObject): JsonObject | null {
  const before = isObject(earlier) ? earlier : {};
  const names = Object.keys(parts);
  const clears = names.some((name) => parts[name] === null);
  if (!clears && Object.keys(before).length === 0) return names.length === 0 ? null : parts;
  // Entries, not assignments: an attribute may be named __proto__.
  const merged = Object.entries({ ...before, ...parts }).filter(([, value]) => value !== null);
  return merged.length === 0 ? null : Object.fromEntries(merged);
}

function isEmpty(value: Json): value is null {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

import type { Json, JsonObject } from "../message/json.ts";

/** The kinds of value that JSON has. */
export type Type = "array" | "boolean" | "null" | "number" | "object" | "string";

export const ALL_TYPES: readonly Type[] = ["array", "boolean", "null", "number", "object", "string"];

/** The kinds that a schema lets be there, as far as it says so by itself. */
export function typesOf(schema: JsonObject): ReadonlySet<Type> {
  const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  const byType =
    schema["type"] === undefined ? ALL_TYPES : [schema["type"]].flat().map((type) => typeNamed(type));
  if (!Array.isArray(values)) return new Set(byType);
  const byValue = values.map(typeOf);
  return new Set(byType.filter((type) => byValue.includes(type)));
}

function typeNamed(type: Json): Type {
  return (type === "integer" ? "number" : type) as Type;
}

function typeOf(value: Json): Type {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as Type;
}

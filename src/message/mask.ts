import { isObject, type Json, type JsonObject } from "./json.ts";

/** Members whose values say nothing of a person. Every other value is taken for personal: new fields begin masked. */
const PLAIN = ["status", "state", "type", "kind", "direction", "country", "currency", "language", "op"];

/** Whether a member of this name says nothing of a person, whatever its text is. */
export function isPlain(name: string): boolean {
  return PLAIN.includes(name);
}

/** A value with its personal texts and numbers made unreadable; its shape, booleans and nulls stay. */
export function maskValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(maskValue);
  if (isObject(value)) return maskObject(value);
  return typeof value === "string" || typeof value === "number" ? maskText(String(value)) : value;
}

export function maskObject(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isPlain(name) && typeof member === "string" ? member : maskValue(member),
    ]),
  );
}

/** The first character of each word, and a mark of fixed length for the rest: not even the length is told. */
export function maskText(text: string): string {
  return text
    .split(/[\s@]+/u)
    .filter((word) => word !== "")
    .slice(0, 3)
    .map((word) => `${[...word][0] ?? ""}•••`)
    .join(" ");
}

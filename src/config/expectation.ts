import { isObject } from "../message/json.ts";
import type { JsonSchema } from "../schema/structure.ts";

/** What a schema wants, in words. */
export function expectation(schema: JsonSchema, keyword?: string): string {
  if (keyword === "maxProperties" || keyword === "minProperties") return "exactly one key";
  if (keyword === "uniqueItems") return "no entry twice";
  const said = schema["patternErrorMessage"];
  if (typeof said === "string") return said;
  const choices = choicesOf(schema);
  if (choices.length > 0) return listed(choices);
  const type = schema["type"];
  if (type === "object") return "a map";
  if (type === "array") return keyword === "minItems" ? "at least one entry" : amount(schema, "a list");
  if (type === "boolean") return "true or false";
  if (type === "integer") return `a whole number${range(schema)}`;
  if (type === "number") return `a number${range(schema)}`;
  if (type === "string") return text(schema);
  return "another value";
}

function text(schema: JsonSchema): string {
  if (schema["pattern"] !== undefined) return `text like ${String(schema["pattern"])}`;
  const { minLength, maxLength } = schema as { minLength?: number; maxLength?: number };
  if (maxLength !== undefined) return `text of at most ${maxLength} characters`;
  return minLength === undefined || minLength <= 1 ? "text" : `text of at least ${minLength} characters`;
}

function amount(schema: JsonSchema, words: string): string {
  const most = schema["maxItems"];
  return typeof most === "number" ? `${words} of at most ${most} entries` : words;
}

function range(schema: JsonSchema): string {
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

/** The values a schema names, as text; empty when it does not. */
export function choicesOf(schema: JsonSchema): readonly string[] {
  const values = Array.isArray(schema["enum"])
    ? schema["enum"]
    : alternatives(schema).map((one) => one["const"]);
  return values.includes(undefined) ? [] : values.filter((value) => value !== null).map(String);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** The forms of a union; empty when the schema is none. */
export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const forms = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(forms) ? forms.map(asSchema) : [];
}

export function asSchema(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

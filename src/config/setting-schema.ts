import type { JsonSchema } from "../schema/structure.ts";
import { alternatives, asSchema } from "./expectation.ts";
import type { Path } from "./yaml-file.ts";

/** The schemas that a value at `path` may be judged by; several where a union is on the way, none where it is unknown. */
export function schemasAt(schema: JsonSchema, path: Path): readonly JsonSchema[] {
  let level = unfold(schema);
  for (const step of path) level = level.flatMap((one) => unfold(child(one, step)));
  return level;
}

/** Whether a value at a place must not be shown: a secret, or something the connector does not describe as a plain value. */
export function mayHoldSecret(schemas: readonly JsonSchema[]): boolean {
  return schemas.length === 0 || schemas.some((schema) => !isPlain(schema));
}

export function isSecret(schemas: readonly JsonSchema[]): boolean {
  return schemas.some((schema) => schema["secret"] === true);
}

/** Types that a text put in for a reference is turned into. */
export function isNumeric(schemas: readonly JsonSchema[]): boolean {
  return schemas.length > 0 && schemas.every(({ type }) => type === "integer" || type === "number");
}

export function isSwitch(schemas: readonly JsonSchema[]): boolean {
  return schemas.length > 0 && schemas.every(({ type }) => type === "boolean");
}

function isPlain(schema: JsonSchema): boolean {
  if (schema["secret"] === true) return false;
  const { type } = schema;
  return (
    schema["const"] !== undefined ||
    Array.isArray(schema["enum"]) ||
    ["string", "integer", "number", "boolean"].includes(String(type))
  );
}

function unfold(schema: JsonSchema): readonly JsonSchema[] {
  const forms = alternatives(schema);
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"].map(asSchema) : [];
  if (forms.length + parts.length > 0) return [...forms, ...parts].flatMap(unfold);
  return Object.keys(schema).length === 0 ? [] : [schema];
}

function child(schema: JsonSchema, step: string | number): JsonSchema {
  if (typeof step === "number") {
    const items = schema["items"];
    return Array.isArray(items) ? asSchema(items[step]) : asSchema(items);
  }
  const properties = asSchema(schema["properties"]);
  if (Object.hasOwn(properties, step)) return asSchema(properties[step]);
  for (const [pattern, one] of Object.entries(asSchema(schema["patternProperties"]))) {
    if (new RegExp(pattern).test(step)) return asSchema(one);
  }
  return asSchema(schema["additionalProperties"]);
}

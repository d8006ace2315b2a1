import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { keptValidator } from "./kept-validator.ts";

/** A JSON Schema (draft-07) as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One broken rule of a schema, with the schema and the value it was broken by. */
export interface Breach {
  readonly keyword: string;
  /** Where the value is, from the root. */
  readonly path: readonly (string | number)[];
  readonly params: Readonly<Record<string, unknown>>;
  /** The (sub)schema that holds the keyword. */
  readonly schema: JsonSchema;
  readonly data: unknown;
}

/** Every rule that `data` breaks; empty when it keeps to the schema. */
export type Structure = (data: unknown) => readonly Breach[];

/** @throws Error when `schema` is not a JSON Schema (draft-07) */
export function structureOf(schema: JsonSchema): Structure {
  const validate = keptValidator(`draft-07 ${JSON.stringify(schema)}`, () => compile(schema));
  return (data) => {
    if (validate(data)) return [];
    // What is wrong with a name is told once, by `propertyNames` itself.
    const errors = (validate.errors ?? []).filter((error) => error.propertyName === undefined);
    return errors.map((error) => breachOf(error, data));
  };
}

function compile(schema: JsonSchema): { readonly ajv: Ajv; readonly validate: ValidateFunction } {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateFormats: false,
    // Compiling the draft's own schema takes longer than all the rest; a test asks it instead.
    meta: false,
    validateSchema: false,
    code: { source: true },
  });
  return { ajv, validate: ajv.compile(schema) };
}

function breachOf(error: ErrorObject, root: unknown): Breach {
  const path: (string | number)[] = [];
  let value = root;
  for (const part of error.instancePath.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const step = Array.isArray(value) ? Number(name) : name;
    path.push(step);
    value = (value as Record<string | number, unknown>)[step];
  }
  return {
    keyword: error.keyword,
    path,
    params: error.params as Breach["params"],
    schema: (error.parentSchema ?? {}) as JsonSchema,
    data: error.data,
  };
}

import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { keep, kept } from "../kept/store.ts";
import { characters, TEXT_LENGTH } from "./text-length.ts";

/** What ajv makes of a schema; `errors` are those of the last call. */
export interface Validator {
  (value: unknown): unknown;
  errors?: null | readonly ErrorObject[];
}

// A CommonJS module, which is the function itself; its types speak of a default export.
const writeCode = standalone as unknown as typeof standalone.default;

/** A validator with the ajv that made it, which was told to keep its source. */
interface Made {
  readonly ajv: Parameters<typeof writeCode>[0];
  readonly validate: ValidateFunction;
}

/**
 * A validator as code that an earlier start kept, else made now and kept for the next. Its making is most of what a
 * schema costs, and only the making needs ajv.
 * @param key all that its code hangs on, beside the program
 */
export function keptValidator(key: string, make: () => Made): Validator {
  const found = kept(`schema ${key}`);
  if (found !== undefined) return found({ require: requireRuntime }) as unknown as Validator;
  const made = make();
  keep(`schema ${key}`, moduleCode(made));
  return made.validate;
}

function moduleCode({ ajv, validate }: Made): string {
  const code = writeCode(ajv, validate);
  return `"use strict";\nconst { require } = runtime;\nconst module = {};\n${code}\nreturn module.exports;`;
}

const fromHere = createRequire(import.meta.url);

/** The parts of ajv that its code calls by name, and the hub's own. */
function requireRuntime(name: string): unknown {
  if (name === TEXT_LENGTH) return characters;
  if (/^(?:ajv\/dist\/runtime\/|ajv-formats\/dist\/formats$)/.test(name)) return fromHere(name);
  throw new Error(`code of a schema asks for ${name}`);
}

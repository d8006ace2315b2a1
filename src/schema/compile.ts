import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats, { type FormatsPlugin } from "ajv-formats";
import { HubError, type Issue } from "../errors.ts";
import { isObject } from "../message/json.ts";
import { describeIssues } from "./issue.ts";
import { parseJsonFile } from "./json-text.ts";
import { keptValidator } from "./kept-validator.ts";
import { checkedRoot, type SchemaObject } from "./meta.ts";
import { addReferenced, identityOf, type LoadSchema, referencedTexts } from "./reference.ts";
import type { Schema } from "./schema.ts";
import { addTextLength } from "./text-length.ts";

// A CommonJS module, which is the function itself; its types speak of a default export.
const addFormats = formats as unknown as FormatsPlugin;

const NONE: readonly Issue[] = Object.freeze([]);

interface Known {
  /** What the text referred to when it was compiled, by path. */
  readonly references: ReadonlyMap<string, unknown>;
  readonly schema: Schema;
}

/** Many flows share a schema, and each is compiled to be checked and again to be used. By path and text. */
const known = new Map<string, Known>();
const MOST_KNOWN = 500;

/**
 * Compiles a JSON Schema (draft 2020-12, with the formats of ajv-formats). Nothing is coerced and no default filled
 * in: a record is judged as it came. `$ref` to another file is relative to `path`.
 * @throws HubError TL_CONFIG_INVALID with the file, and the pointer where it is known
 */
export function compileSchema(schema: unknown, path: string, load?: LoadSchema): Schema {
  if (typeof schema !== "string") return compile(schema, path, load);
  const id = `${path}\n${schema}`;
  const before = known.get(id);
  if (before !== undefined && [...before.references].every(([ref, text]) => load?.(ref) === text))
    return before.schema;
  const references = new Map<string, unknown>();
  const compiled = compile(schema, path, (ref) => {
    const text = load?.(ref);
    references.set(ref, text);
    return text;
  });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(id, { references, schema: compiled });
  return compiled;
}

function compile(schema: unknown, path: string, load: LoadSchema | undefined): Schema {
  const texts = typeof schema === "string" ? referencedTexts(schema, path, load) : null;
  const validate =
    texts === null
      ? make(schema, path, load).validate
      : keptValidator(`2020-12 ${JSON.stringify([path, schema, texts])}`, () => make(schema, path, load));
  return {
    path,
    validate: (value) => (validate(value) ? NONE : describeIssues(validate.errors ?? [])),
  };
}

function make(
  schema: unknown,
  path: string,
  load: LoadSchema | undefined,
): { readonly ajv: Ajv2020; readonly validate: ValidateFunction } {
  const root = checkedRoot(typeof schema === "string" ? parseJsonFile(schema, path) : schema, path);
  const ajv = new Ajv2020({
    strict: true,
    // Both refuse what `if`/`then` and `required` in a branch need.
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
    allowUnionTypes: true,
    // Issues read these two; the values in them never leave issue.ts.
    verbose: true,
    logger: false,
    // The draft's own schema is asked beforehand, where its findings can be given pointers.
    validateSchema: false,
    code: { source: true },
  });
  addFormats(ajv);
  addTextLength(ajv);
  return { ajv, validate: compiled(ajv, root, path, load) };
}

function compiled(
  ajv: Ajv2020,
  root: SchemaObject,
  path: string,
  load: LoadSchema | undefined,
): ValidateFunction {
  try {
    addReferenced({ ajv, load, known: new Set([identityOf(path)]) }, root, path);
    return ajv.compile({ ...root, $id: identityOf(path) });
  } catch (thrown) {
    if (thrown instanceof HubError) throw thrown;
    const message = thrown instanceof Error ? thrown.message : "the schema cannot be compiled";
    const field = pointerOfKeyword(root, /unknown keyword: "([^"]+)"/.exec(message)?.[1]);
    const place = { file: path, ...(field === undefined ? {} : { field }) };
    throw new HubError("TL_CONFIG_INVALID", readable(message), { place, cause: thrown });
  }
}

function readable(message: string): string {
  return message.replace(/^strict mode: /, "").replaceAll("tieline://schemas/", "");
}

/** Where in the schema a keyword stands that the draft does not have. */
function pointerOfKeyword(schema: unknown, keyword: string | undefined, pointer = ""): string | undefined {
  if (keyword === undefined || typeof schema !== "object" || schema === null) return undefined;
  if (isObject(schema as never) && Object.hasOwn(schema, keyword)) return `${pointer}/${keyword}`;
  for (const [name, member] of Object.entries(schema)) {
    const found = pointerOfKeyword(member, keyword, `${pointer}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

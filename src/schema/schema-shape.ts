import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { parseJsonFile } from "./json-text.ts";
import { type Part, resolveReference } from "./resolve-reference.ts";
import { ANYTHING, all, anyOf, closed, NOTHING, type SchemaShape } from "./shape.ts";
import { typesOf } from "./type.ts";

/** Gives the text of a schema file by its path from the project folder. */
export type ReadText = (path: string) => string | undefined;

/** The shape of a whole document. Schemas that are not there, or not JSON, let anything be there. */
export function schemaShape(path: string, read: ReadText): SchemaShape {
  const documents = new Map<string, Json | undefined>();
  const document = (file: string): Json | undefined => {
    if (!documents.has(file)) {
      const text = read(file);
      documents.set(file, text === undefined ? undefined : (parseJsonFile(text, file) as Json));
    }
    return documents.get(file);
  };
  const schema = document(path);
  return schema === undefined ? ANYTHING : shapeOf({ schema, file: path }, document, []);
}

type Documents = (file: string) => Json | undefined;

function shapeOf(part: Part, documents: Documents, chain: readonly Json[]): SchemaShape {
  const { schema, file } = part;
  // A schema that only leads back to itself says nothing.
  if (!isObject(schema) || chain.includes(schema)) return schema === false ? NOTHING : ANYTHING;
  const below = (one: Json): SchemaShape => shapeOf({ schema: one, file }, documents, [...chain, schema]);
  const shapes: SchemaShape[] = [leaf(schema, (one) => shapeOf({ schema: one, file }, documents, []))];
  if (typeof schema["$ref"] === "string") {
    const target = resolveReference(schema["$ref"], part, documents);
    if (target !== undefined) shapes.push(shapeOf(target, documents, [...chain, schema]));
  }
  for (const one of list(schema["allOf"])) shapes.push(below(one));
  for (const choice of ["anyOf", "oneOf"]) {
    const branches = list(schema[choice]);
    if (branches.length > 0) shapes.push(anyOf(branches.map(below)));
  }
  const { then, else: otherwise } = schema;
  if (schema["if"] !== undefined && (then !== undefined || otherwise !== undefined))
    shapes.push(anyOf([then, otherwise].map((one) => (one === undefined ? ANYTHING : below(one)))));
  const whole = all(shapes);
  return schema["unevaluatedProperties"] === false ? closed(whole) : whole;
}

/** What the schema says by itself. */
function leaf(schema: JsonObject, shape: (schema: Json) => SchemaShape): SchemaShape {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const patterns = isObject(schema["patternProperties"]) ? Object.entries(schema["patternProperties"]) : [];
  const required = list(schema["required"]).filter((name) => typeof name === "string");
  return {
    types: typesOf(schema),
    least: typeof schema["minItems"] === "number" ? schema["minItems"] : 0,
    names: Object.keys(properties),
    required,
    parts: [schema],
    member(name) {
      const own = Object.hasOwn(properties, name) ? [properties[name] as Json] : [];
      const matching = patterns.filter(([pattern]) => matches(pattern, name)).map(([, one]) => one);
      const named = [...own, ...matching];
      const additional = schema["additionalProperties"];
      const said = named.length === 0 && additional !== undefined ? [additional] : named;
      const shapes = said.map(shape);
      const isRequired = required.includes(name);
      if (shapes.some((one) => one.types.size === 0))
        return { shape: null, required: isRequired, named: named.length > 0 };
      return { shape: all(shapes), required: isRequired, named: named.length > 0 };
    },
    item() {
      const first = list(schema["prefixItems"]).map(shape);
      const rest = schema["items"] === undefined ? ANYTHING : shape(schema["items"]);
      return first.length === 0 ? rest : anyOf(rest.types.size === 0 ? first : [...first, rest]);
    },
  };
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    return true;
  }
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { parseJsonFile } from "./json-text.ts";
import { type Part, resolveReference } from "./resolve-reference.ts";

type Type = "array" | "boolean" | "null" | "number" | "object" | "string";

const ALL_TYPES: readonly Type[] = ["array", "boolean", "null", "number", "object", "string"];

/** What a schema lets stand at one place, to be asked step by step. */
export interface SchemaShape {
  readonly types: ReadonlySet<Type>;
  /** Least number of items of an array. */
  readonly least: number;
  /** The members that the schema names. */
  readonly names: readonly string[];
  /** The members that are always there where it is an object. */
  readonly required: readonly string[];
  /** The schemas that all hold here, without those of which only one must. */
  readonly parts: readonly JsonObject[];
  member(name: string): SchemaMember;
  item(): SchemaShape;
}

export interface SchemaMember {
  /** Null: the schema lets nothing be there. */
  readonly shape: SchemaShape | null;
  readonly required: boolean;
  /** Whether the schema names it, or a pattern of it. */
  readonly named: boolean;
}

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
  const all = shapes.length === 1 ? (shapes[0] as SchemaShape) : allOf(shapes);
  return schema["unevaluatedProperties"] === false ? closed(all) : all;
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

function typesOf(schema: JsonObject): ReadonlySet<Type> {
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

const ANYTHING: SchemaShape = {
  types: new Set(ALL_TYPES),
  least: 0,
  names: [],
  required: [],
  parts: [],
  member: () => ({ shape: ANYTHING, required: false, named: false }),
  item: () => ANYTHING,
};

const NOTHING: SchemaShape = {
  ...ANYTHING,
  types: new Set(),
  member: () => ({ shape: null, required: false, named: false }),
};

function all(shapes: readonly SchemaShape[]): SchemaShape {
  return shapes.length === 0 ? ANYTHING : shapes.length === 1 ? (shapes[0] as SchemaShape) : allOf(shapes);
}

/** A place for which all hold. */
function allOf(shapes: readonly SchemaShape[]): SchemaShape {
  return {
    types: new Set(ALL_TYPES.filter((type) => shapes.every((one) => one.types.has(type)))),
    least: Math.max(...shapes.map((one) => one.least)),
    names: [...new Set(shapes.flatMap((one) => one.names))],
    required: [...new Set(shapes.flatMap((one) => one.required))],
    parts: shapes.flatMap((one) => one.parts),
    member(name) {
      const members = shapes.map((one) => one.member(name));
      const required = members.some((one) => one.required);
      const named = members.some((one) => one.named);
      if (members.some((one) => one.shape === null)) return { shape: null, required, named };
      const said = members.filter((one) => one.shape !== ANYTHING);
      return { shape: all(said.map((one) => one.shape as SchemaShape)), required, named };
    },
    item: () => all(shapes.map((one) => one.item()).filter((one) => one !== ANYTHING)),
  };
}

/** A place for which one of them holds. */
function anyOf(shapes: readonly SchemaShape[]): SchemaShape {
  const [only] = shapes;
  if (only !== undefined && shapes.length === 1) return only;
  return {
    types: new Set(ALL_TYPES.filter((type) => shapes.some((one) => one.types.has(type)))),
    least: Math.min(...shapes.map((one) => one.least)),
    names: [...new Set(shapes.flatMap((one) => one.names))],
    required: (only?.required ?? []).filter((name) => shapes.every((one) => one.required.includes(name))),
    parts: [],
    member(name) {
      const members = shapes.map((one) => one.member(name));
      const found = members.flatMap((one) => (one.shape === null ? [] : [one.shape]));
      return {
        shape: found.length === 0 ? null : found.includes(ANYTHING) ? ANYTHING : anyOf(found),
        required: members.every((one) => one.required),
        named: members.some((one) => one.named),
      };
    },
    item: () => anyOf(shapes.map((one) => one.item())),
  };
}

/** Without members that none of its parts names. */
function closed(shape: SchemaShape): SchemaShape {
  return {
    ...shape,
    member(name) {
      const found = shape.member(name);
      return found.named ? found : { ...found, shape: null };
    },
  };
}

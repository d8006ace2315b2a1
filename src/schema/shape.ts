import type { JsonObject } from "../message/json.ts";
import { ALL_TYPES, type Type } from "./type.ts";

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

/** Says nothing. */
export const ANYTHING: SchemaShape = {
  types: new Set(ALL_TYPES),
  least: 0,
  names: [],
  required: [],
  parts: [],
  member: () => ({ shape: ANYTHING, required: false, named: false }),
  item: () => ANYTHING,
};

/** Lets nothing be there. */
export const NOTHING: SchemaShape = {
  ...ANYTHING,
  types: new Set(),
  member: () => ({ shape: null, required: false, named: false }),
};

/** A place for which all hold, however many they are. */
export function all(shapes: readonly SchemaShape[]): SchemaShape {
  return shapes.length === 0 ? ANYTHING : shapes.length === 1 ? (shapes[0] as SchemaShape) : allOf(shapes);
}

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
export function anyOf(shapes: readonly SchemaShape[]): SchemaShape {
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
export function closed(shape: SchemaShape): SchemaShape {
  return {
    ...shape,
    member(name) {
      const found = shape.member(name);
      return found.named ? found : { ...found, shape: null };
    },
  };
}

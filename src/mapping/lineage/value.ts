import type { AstNode } from "../ast.ts";
import { itemRefs, pathText, type SourceRef } from "./source.ts";

/** Whether an expression gives something. `why` tells in words what makes it give nothing. */
export type Presence =
  | { readonly is: "always" | "never" | "unknown" }
  | { readonly is: "maybe"; readonly why: string };

/** Whether a value stands in the result, or only decides what stands there. */
export type Role = "value" | "decides";

export interface SourceUse {
  readonly ref: SourceRef;
  readonly role: Role;
}

/** Source paths by their text. */
export type Sources = ReadonlyMap<string, SourceUse>;

/** Values that are known to be there, by their ids. */
export type Facts = ReadonlySet<string>;

/** An object that the mapping builds. */
export interface BuiltObject {
  readonly node: AstNode;
  readonly members: ReadonlyMap<string, Member>;
  /** Has further members, whose names are computed. */
  readonly open: Value | null;
}

export interface Member {
  readonly key: AstNode;
  readonly value: Value;
}

/** The variables of a block, a function or a path, within those around it. */
export interface Scope {
  readonly outer: Scope | null;
  readonly values: Map<string, Value>;
}

/** A function as a value. */
export type Fn =
  | { readonly kind: "lambda"; readonly node: AstNode; readonly scope: Scope; readonly focus: Value }
  | { readonly kind: "built-in"; readonly name: string }
  | { readonly kind: "partial"; readonly of: readonly Fn[]; readonly args: readonly (Value | null)[] }
  | { readonly kind: "chain"; readonly first: Value; readonly second: Value }
  | { readonly kind: "transform"; readonly node: AstNode; readonly scope: Scope };

/**
 * All that an expression can give, over all records: places of the input it may be, objects and arrays it may build,
 * and what it is computed from. What is not known is widened, never left out.
 */
export interface Value {
  /** Equal for equal computations over one record, or over one item within it. */
  readonly id: string;
  /** Places of the input that it may be, unchanged. */
  readonly refs: readonly SourceRef[];
  /** What it is computed from, beside `refs`. */
  readonly from: Sources;
  readonly objects: readonly BuiltObject[];
  /** The items of arrays that the mapping builds. */
  readonly items: readonly Value[];
  readonly functions: readonly Fn[];
  /** `sequence`: JSONata turns one item into that item, and none into nothing. */
  readonly many: "one" | "array" | "sequence" | "unknown";
  /** What makes the sequence, where it may be one. */
  readonly collapse: AstNode | null;
  readonly presence: Presence;
  /** What is there when this is there, is true, is false or nothing. */
  readonly whenPresent: Facts;
  readonly whenTrue: Facts;
  readonly whenFalse: Facts;
  /** What is there for each of its items. */
  readonly itemFacts: Facts;
  /** The id of its items, where it is not made of its own. */
  readonly itemId?: string;
  /** A text, number, boolean or null that is the same for all records. */
  readonly literal?: string | number | boolean | null;
}

export const ALWAYS: Presence = { is: "always" };
export const UNKNOWN: Presence = { is: "unknown" };
export const NO_FACTS: Facts = new Set();
export const NO_SOURCES: Sources = new Map();

/** A value with these properties and nothing else. */
export function value(id: string, parts: Partial<Omit<Value, "id">> = {}): Value {
  const own = new Set([id]);
  return {
    id,
    refs: [],
    from: NO_SOURCES,
    objects: [],
    items: [],
    functions: [],
    many: "one",
    collapse: null,
    presence: ALWAYS,
    whenPresent: own,
    whenTrue: parts.whenPresent ?? own,
    whenFalse: NO_FACTS,
    itemFacts: NO_FACTS,
    ...parts,
  };
}

export function nothing(why?: string): Value {
  return value(why === undefined ? "nothing" : `nothing:${why}`, {
    presence: why === undefined ? { is: "never" } : { is: "maybe", why },
  });
}

/** One of two: what a condition gives. */
export function either(id: string, left: Value, right: Value): Value {
  return {
    id,
    refs: [...left.refs, ...right.refs.filter((ref) => !left.refs.includes(ref))],
    from: union(left.from, right.from),
    objects: [...new Set([...left.objects, ...right.objects])],
    items: [...new Set([...left.items, ...right.items])],
    functions: [...new Set([...left.functions, ...right.functions])],
    many: manyOf(left, right),
    collapse: left.collapse ?? right.collapse,
    presence: eitherPresence(left.presence, right.presence),
    whenPresent: new Set([id, ...common(left.whenPresent, right.whenPresent)]),
    whenTrue: new Set([id, ...common(left.whenTrue, right.whenTrue)]),
    whenFalse: common(left.whenFalse, right.whenFalse),
    itemFacts: common(left.itemFacts, right.itemFacts),
  };
}

function manyOf(left: Value, right: Value): Value["many"] {
  if (left.presence.is === "never") return right.many;
  if (right.presence.is === "never") return left.many;
  return left.many === right.many ? left.many : "unknown";
}

function eitherPresence(left: Presence, right: Presence): Presence {
  if (left.is === right.is) return left;
  if (left.is === "maybe") return left;
  if (right.is === "maybe") return right;
  if (left.is === "never" || right.is === "never") return { is: "maybe", why: "one branch gives nothing" };
  return UNKNOWN;
}

/** Whether something is there that needs both. */
export function bothPresence(left: Presence, right: Presence): Presence {
  if (left.is === "never" || right.is === "never") return { is: "never" };
  if (left.is === "maybe") return left;
  if (right.is === "maybe") return right;
  return left.is === "unknown" ? left : right;
}

export function union(...all: readonly Sources[]): Sources {
  const filled = all.filter((sources) => sources.size > 0);
  if (filled.length <= 1) return filled[0] ?? NO_SOURCES;
  const joined = new Map<string, SourceUse>();
  for (const sources of filled) {
    for (const [path, use] of sources) {
      if (use.role === "value" || !joined.has(path)) joined.set(path, use);
    }
  }
  return joined;
}

export function facts(...all: readonly Facts[]): Facts {
  const filled = all.filter((set) => set.size > 0);
  return filled.length <= 1 ? (filled[0] ?? NO_FACTS) : new Set(filled.flatMap((set) => [...set]));
}

export function common(left: Facts, right: Facts): Facts {
  return new Set([...left].filter((fact) => right.has(fact)));
}

/** The sources that only decide. */
export function deciding(sources: Sources): Sources {
  return new Map([...sources].map(([path, { ref }]) => [path, { ref, role: "decides" }]));
}

export function refSources(refs: readonly SourceRef[]): Sources {
  return new Map(refs.map((ref) => [pathText(ref), { ref, role: "value" }]));
}

/** Everything a value holds comes from these. */
export function deepSources(of: Value, seen: Set<Value> = new Set()): Sources {
  if (seen.has(of)) return NO_SOURCES;
  seen.add(of);
  const parts: Sources[] = [of.from, refSources(of.refs)];
  for (const object of of.objects) {
    for (const { value: member } of object.members.values()) parts.push(deepSources(member, seen));
    if (object.open !== null) parts.push(deepSources(object.open, seen));
  }
  for (const item of of.items) parts.push(deepSources(item, seen));
  return union(...parts);
}

/** One of the items of an array or a sequence, or the value itself where it is neither. */
export function itemOf(of: Value): Value {
  const id = of.itemId ?? `${of.id}[]`;
  if (of.many === "one" && of.items.length === 0) return of.itemId === undefined ? of : { ...of, id };
  const self = value(id, {
    refs: of.refs.flatMap(itemRefs),
    from: of.from,
    objects: of.objects,
    functions: of.functions,
  });
  const many = manyOfRefs(self.refs);
  const first = of.items[0];
  const built =
    first === undefined ? undefined : of.items.slice(1).reduce((all, item) => either(id, all, item), first);
  const whole = { ...self, many };
  if (built === undefined) return whole;
  const present = { ...built, presence: ALWAYS };
  const isEmpty = whole.refs.length === 0 && whole.objects.length === 0 && whole.functions.length === 0;
  return isEmpty ? { ...present, from: union(present.from, whole.from) } : either(id, whole, present);
}

/** Whether places of the input are arrays, by what is known of them. */
export function manyOfRefs(refs: readonly SourceRef[]): Value["many"] {
  if (refs.length === 0) return "one";
  const kinds = new Set(
    refs.map(({ shape, below }) => {
      if (shape === null || below) return "unknown";
      if (!shape.types.has("array")) return "one";
      return [...shape.types].every((type) => type === "array" || type === "null") ? "array" : "unknown";
    }),
  );
  return kinds.size === 1 ? ([...kinds][0] ?? "unknown") : "unknown";
}

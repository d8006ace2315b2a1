/**
 * What the library keeps as `sequence`, `keepSingleton`, `cons` and `outerWrapper` on arrays. Symbols, so that no text
 * of a mapping can see them; they are put on arrays that an evaluation makes, never on those of its input.
 */
export const SEQUENCE: unique symbol = Symbol("sequence");
/** A sequence of one that stays a list. */
const KEEP: unique symbol = Symbol("keep");
/** An array that `[…]` as a step of a path made: it is one value, not many. */
const CONS: unique symbol = Symbol("cons");
/** The one-member array around an input that is an array. */
const OUTER: unique symbol = Symbol("outer");
/** A stream of tuples, see tuple.ts. */
const TUPLES: unique symbol = Symbol("tuples");
/** The letters of a text that a path goes through: the library sorts arrays only. */
const UNSORTED: unique symbol = Symbol("unsorted");

interface Marked {
  [SEQUENCE]?: boolean;
  [KEEP]?: boolean;
  [CONS]?: boolean;
  [OUTER]?: boolean;
  [TUPLES]?: boolean;
  [UNSORTED]?: boolean;
}

export type List = unknown[] & Marked;

export function isSequence(value: unknown): value is List {
  return Array.isArray(value) && (value as List)[SEQUENCE] === true;
}

export function isCons(value: readonly unknown[]): boolean {
  return (value as List)[CONS] === true;
}

export function isOuter(value: unknown): value is List {
  return Array.isArray(value) && (value as List)[OUTER] === true;
}

export function isTuples(value: unknown): boolean {
  return Array.isArray(value) && (value as List)[TUPLES] === true;
}

export function isKept(value: List): boolean {
  return value[KEEP] === true;
}

export function asSequence(values: unknown[]): List {
  (values as List)[SEQUENCE] = true;
  return values;
}

export function asCons(values: unknown[]): List {
  (values as List)[CONS] = true;
  return values;
}

/** A sequence that stays a list when it has one member. An array that is no sequence stays one anyway. */
export function keep(value: unknown): unknown {
  if (isSequence(value)) value[KEEP] = true;
  return value;
}

/** `[]` behind a path: what `[…]` made becomes one member. */
export function keepPath(value: unknown[]): unknown[] {
  const list = isCons(value) && !isSequence(value) ? asSequence([value]) : value;
  return keep(list) as unknown[];
}

export function asTuples(values: unknown[]): List {
  (values as List)[TUPLES] = true;
  return asSequence(values);
}

export function asUnsorted(values: unknown[]): List {
  (values as List)[UNSORTED] = true;
  return values;
}

export function isUnsorted(values: List): boolean {
  return values[UNSORTED] === true;
}

/** The context of an input that is an array. */
export function outer(input: unknown): List {
  const list = asSequence([input]);
  list[OUTER] = true;
  return list;
}

/** What a sequence comes to as a value: nothing, its only member, or itself. Other values stay as they are. */
export function norm(value: unknown): unknown {
  if (!isSequence(value) || isTuples(value)) return value;
  if (value.length === 0) return undefined;
  return value.length === 1 && value[KEEP] !== true ? value[0] : value;
}

/** The same for an array just built, which is a sequence without a mark. */
export function made(values: unknown[]): unknown {
  if (values.length > 1) return asSequence(values);
  return values[0];
}

/** As `made`, where nothing in the mapping can tell a sequence from another array. */
export function plainMade(values: unknown[]): unknown {
  return values.length > 1 ? values : values[0];
}

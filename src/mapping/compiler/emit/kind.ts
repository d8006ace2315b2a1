/** What a value can be, as bits that add up. */
export const NOTHING = 1;
export const NUMBER = 2;
export const TEXT = 4;
export const BOOLEAN = 8;
export const NULL = 16;
export const OBJECT = 32;
export const ARRAY = 64;
export const FUNCTION = 128;
/** A number that may be endless, as a division can give. */
export const ENDLESS = 256;
export const ANY = 511;

export function can(kinds: number, kind: number): boolean {
  return (kinds & kind) !== 0;
}

export function only(kinds: number, allowed: number): boolean {
  return (kinds & ~allowed) === 0;
}

/** A value of the generated code: a name or a literal, so that it can be written more than once. */
export interface Value {
  readonly js: string;
  readonly kinds: number;
  /** It comes from the input as it is, so arrays in it have no marks. */
  readonly input: boolean;
  /** An array of this is a sequence that may have no or one member, and is not yet a value. */
  readonly open?: boolean;
  /** It is part of the result already: nothing is left to copy. */
  readonly final?: boolean;
  /** A table of literals that stands in the mapping: the kinds of its values. */
  readonly table?: number;
  /** A literal. */
  readonly constant?: string | number | boolean | null;
}

export const UNDEFINED: Value = { js: "undefined", kinds: NOTHING, input: true };

/** The context of an expression. */
export interface Context {
  readonly js: string;
  readonly kinds: number;
  readonly input: boolean;
  /** It is mostly an array, so its members are worth going through one by one. */
  readonly many?: boolean;
  /** The name of what tells whether it is an object, once that is asked. */
  readonly test: { name: string | null; readonly slot: number; readonly buffer: string[] } | null;
}

/** How an expression is used. `result`: as part of the result, `depth` levels down; it is copied where it has to be. */
export type Use =
  // `again`: so many constructs hand the value on, and each of them opens a sequence of one once more.
  | { readonly result: false; readonly open: boolean; readonly again?: number }
  | { readonly result: true; readonly depth: number; readonly again?: number };

import type { Use, Value } from "./kind.ts";

/** A function of the mapping that is known where it is called. */
export interface KnownFunction {
  /** Its name in the generated code. */
  readonly js: string;
  readonly arity: number;
  /** It may end with a call that its caller has to make. */
  readonly mayTail: boolean;
  /** It is called where it stands in the code, or used as a value: it has to be there. */
  needed(): void;
  /** Its body as it is written where it is called; undefined for what is too large, or calls itself. */
  readonly inPlace?: (args: readonly Value[], input: string, use: Use) => Value;
}

/** A variable of the mapping. */
export interface Variable {
  readonly js: string;
  /** It has a value wherever code is written now. */
  definite: boolean;
  /** It is bound once, by an expression of its own in a block. */
  readonly stable: boolean;
  /** Something read it before it was bound for sure. */
  readEarly: boolean;
  value: Value;
  known?: KnownFunction;
}

export interface Scope {
  readonly parent: Scope | null;
  readonly variables: Map<string, Variable>;
  /** The tuple of a path, which binds what it has of these labels. */
  readonly tuple: { readonly js: string; readonly labels: ReadonlySet<string> } | null;
}

export function scopeIn(parent: Scope | null, tuple: Scope["tuple"] = null): Scope {
  return { parent, variables: new Map(), tuple };
}

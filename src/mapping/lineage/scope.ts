import { either, type Scope, type Value } from "./value.ts";

export function inner(outer: Scope | null, values: Iterable<readonly [string, Value]> = []): Scope {
  return { outer, values: new Map(values) };
}

export function lookUp(scope: Scope | null, name: string): Value | undefined {
  for (let at = scope; at !== null; at = at.outer) {
    const found = at.values.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Binds a variable. In a branch that may not be taken, the value before stays possible. */
export function bind(scope: Scope, name: string, value: Value, certain: boolean): void {
  const before = certain ? undefined : scope.values.get(name);
  scope.values.set(name, before === undefined ? value : either(`${before.id}|${value.id}`, before, value));
}

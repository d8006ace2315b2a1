import { spend } from "./watch.ts";

/** Equality as JSONata has it: arrays in order, objects by their own members. Values shared many times cost fuel. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  spend(4);
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return false;
    for (let index = 0; index < left.length; index++) if (!same(left[index], right[index])) return false;
    return true;
  }
  // The library compares the own names, of which an array has one more.
  const names = Object.getOwnPropertyNames(left);
  if (names.length !== Object.getOwnPropertyNames(right).length) return false;
  for (const name of names) if (!Object.hasOwn(right, name)) return false;
  for (const name of names.sort()) {
    if (!same((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]))
      return false;
  }
  return true;
}

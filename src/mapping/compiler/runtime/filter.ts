import { asSequence, isSequence, norm } from "./mark.ts";
import { isNumeric, truth } from "./value.ts";

/** No member: what `[5]` finds in a list of three. */
const NONE: readonly unknown[] = Object.freeze(asSequence([]));

/** `[2]`: one member; an array that is the member stands for its own. */
export function nth(value: unknown, index: number): unknown {
  if (!Array.isArray(value)) return (index === 0 || index === -1) && value !== undefined ? value : NONE;
  const item = value[index < 0 ? value.length + index : index];
  return item === undefined ? NONE : item;
}

/** The same as a value of its own. */
export function nthValue(value: unknown, index: number): unknown {
  const item = nth(value, index);
  return isSequence(item) ? norm(asSequence([...item])) : item;
}

/** How often a predicate that gave `result` keeps the member at `index`. */
export function picks(result: unknown, index: number, length: number): number {
  if (typeof result === "boolean") return result ? 1 : 0;
  if (isNumeric(result)) return isAt(result, index, length) ? 1 : 0;
  if (!Array.isArray(result)) return truth(result) ? 1 : 0;
  let count = 0;
  let numbers = true;
  for (const one of result) {
    if (!isNumeric(one)) numbers = false;
    else if (isAt(one, index, length)) count++;
  }
  if (numbers) return count;
  return truth(result) ? 1 : 0;
}

function isAt(wanted: number, index: number, length: number): boolean {
  const at = Math.floor(wanted);
  return (at < 0 ? length + at : at) === index;
}

/** A value as the list a predicate goes through. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** `[2]` behind `^(…)`: of all that was sorted. */
export function nthList(values: readonly unknown[], index: number): unknown[] {
  const item = values[index < 0 ? values.length + index : index];
  if (Array.isArray(item)) return item;
  return asSequence(item === undefined ? [] : [item]);
}

/** `[2]` behind anything else. */
export function nthOpen(value: unknown, index: number): unknown[] {
  return nthList(listOf(value), index);
}

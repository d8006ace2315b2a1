import { same } from "../../same.ts";
import { checkCount, spend } from "../../watch.ts";
import { asSequence, isSequence } from "./mark.ts";
import { put } from "./value.ts";

/** `$append` for any two values. */
export function append(left: unknown, right: unknown): unknown {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const first = Array.isArray(left) ? left : [left];
  const second = Array.isArray(right) ? right : [right];
  checkCount(first.length + second.length);
  spend((first.length + second.length) >> 3);
  return first.concat(second);
}

/** Adds to the array that `[…]` makes: an array gives its members. */
export function extend(target: unknown[], value: unknown): void {
  if (!Array.isArray(value)) {
    target.push(value);
    return;
  }
  checkCount(target.length + value.length);
  spend(value.length >> 3);
  for (let index = 0; index < value.length; index++) target.push(value[index]);
}

/** `$distinct`; plain values need no comparing with each other. */
export function distinct(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= 1) return value;
  if (value.length <= FEW) return distinctFew(value);
  const found: unknown[] = [];
  const plain = new Set<unknown>();
  const structured: unknown[] = [];
  for (const one of value) {
    spend(1);
    if (typeof one === "object" && one !== null) {
      if (structured.some((other) => same(one, other))) continue;
      structured.push(one);
    } else if (typeof one === "number" && Number.isNaN(one)) {
      found.push(one);
      continue;
    } else if (plain.has(one)) continue;
    else plain.add(one);
    found.push(one);
  }
  return isSequence(value) ? asSequence(found) : found;
}

/** So many members are sooner looked through than kept in a set. */
const FEW = 12;

function distinctFew(values: readonly unknown[]): unknown {
  const found: unknown[] = [];
  for (let index = 0; index < values.length; index++) {
    const one = values[index];
    const isKnown =
      typeof one === "object" && one !== null
        ? found.some((other) => same(one, other))
        : found.indexOf(one) >= 0;
    if (!isKnown) found.push(one);
  }
  spend(values.length);
  return isSequence(values) ? asSequence(found) : found;
}

/** `$merge` of objects. */
export function merged(objects: readonly object[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const one of objects) {
    spend(4);
    for (const name of Object.keys(one)) put(result, name, (one as Record<string, unknown>)[name]);
  }
  return result;
}

/** Whether each member is of one type, as `a<n>`, `a<s>` and `a<o>` ask. */
export function areNumbers(values: unknown): values is number[] {
  if (!Array.isArray(values)) return false;
  for (let index = 0; index < values.length; index++) if (typeof values[index] !== "number") return false;
  spend(values.length >> 3);
  return true;
}

export function areTexts(values: unknown): values is string[] {
  if (!Array.isArray(values)) return false;
  for (let index = 0; index < values.length; index++) if (typeof values[index] !== "string") return false;
  spend(values.length >> 3);
  return true;
}

export function areObjects(values: unknown): values is object[] {
  if (!Array.isArray(values)) return false;
  for (const one of values) if (typeof one !== "object" || one === null || Array.isArray(one)) return false;
  return true;
}

export function sum(values: readonly number[]): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index] as number;
  return total;
}

/** `$sum` of a list of numbers, or of one number; undefined for anything else, which is the library's work. */
export function sumOf(value: unknown): number | undefined {
  if (typeof value === "number") return 0 + value;
  if (!Array.isArray(value)) return undefined;
  let total = 0;
  for (let index = 0; index < value.length; index++) {
    const one: unknown = value[index];
    if (typeof one !== "number") return undefined;
    total += one;
  }
  spend(value.length >> 3);
  return total;
}

export function average(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length;
}

export function largest(values: readonly number[]): number | undefined {
  let found = values[0];
  for (let index = 1; index < values.length; index++)
    found = Math.max(found as number, values[index] as number);
  return found;
}

export function smallest(values: readonly number[]): number | undefined {
  let found = values[0];
  for (let index = 1; index < values.length; index++)
    found = Math.min(found as number, values[index] as number);
  return found;
}

export function reversed(values: readonly unknown[]): unknown {
  if (values.length <= 1) return values;
  spend(values.length >> 3);
  return [...values].reverse();
}

/** `$keys` of an object. */
export function keysOf(value: object): unknown {
  return asSequence(Object.keys(value));
}

/** `$spread` of an object. */
export function spreadObject(value: Record<string, unknown>): unknown {
  const found: unknown[] = [];
  for (const name of Object.keys(value)) {
    const one: Record<string, unknown> = {};
    put(one, name, value[name]);
    found.push(one);
  }
  return asSequence(found);
}

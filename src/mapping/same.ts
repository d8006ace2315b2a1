import { tick } from "./watch.ts";

/** Equality as JSONata has it: arrays in order, objects by their own members. Values shared many times cost ticks. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  tick();
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, index) => same(value, right[index]));
  }
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && same(member(left, name), member(right, name)));
}

function member(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}

import { same } from "../../same.ts";
import { checkCount, checkText, meter, spend } from "../../watch.ts";
import { bare, call } from "./call.ts";
import { norm } from "./mark.ts";
import { textOf } from "./text.ts";
import { type Callable, failure, isNumeric } from "./value.ts";

/** `+ - * / %` where the quick way did not give a number. */
export function arithmetic(operator: string, left: unknown, right: unknown, position: number): unknown {
  try {
    if (left !== undefined && !isNumeric(left)) throw failure("T2001", { value: left });
    if (right !== undefined && !isNumeric(right)) throw failure("T2002", { value: right });
  } catch (thrown) {
    throw operatorFailure(thrown, operator, position);
  }
  if (left === undefined || right === undefined) return undefined;
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  return operator === "/" ? left / right : left % right;
}

function operatorFailure(thrown: unknown, operator: string, position: number): unknown {
  if (typeof thrown === "object" && thrown !== null) Object.assign(thrown, { position, token: operator });
  return thrown;
}

/** Unary minus. */
export function negated(value: unknown, position: number): unknown {
  if (value === undefined) return undefined;
  if (isNumeric(value)) return -value;
  throw failure("D1002", { position, token: "-", value });
}

/** `< <= > >=` where the two are not both numbers or both texts. */
export function compared(operator: string, left: unknown, right: unknown, position: number): unknown {
  const kinds = ["undefined", "string", "number"];
  const place = { position, token: operator };
  if (!kinds.includes(typeof left) || !kinds.includes(typeof right)) throw failure("T2010", place);
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== typeof right) throw failure("T2009", place);
  const [a, b] = [left as number, right as number];
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  return operator === ">" ? a > b : a >= b;
}

export function equal(left: unknown, right: unknown): boolean {
  return left !== undefined && right !== undefined && same(left, right);
}

export function unequal(left: unknown, right: unknown): boolean {
  return left !== undefined && right !== undefined && !same(left, right);
}

/** `in` */
export function within(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  if (!Array.isArray(right)) return left === right;
  spend(right.length >> 3);
  for (let index = 0; index < right.length; index++) if (right[index] === left) return true;
  return false;
}

/** A side of `&` as text. */
export function part(value: unknown, position: number): string {
  if (value === undefined) return "";
  meter.at = position;
  try {
    return textOf(value);
  } catch (thrown) {
    throw operatorFailure(thrown, "&", position);
  }
}

/** A text that was put together. @throws Stop when it is too long */
export function longText(text: string, position: number): string {
  meter.at = position;
  checkText(text.length);
  spend(text.length >> 6);
  return text;
}

/** `left..right` */
export function range(left: unknown, right: unknown, position: number): unknown[] | undefined {
  const place = { position, token: ".." };
  if (left !== undefined && !Number.isInteger(left)) throw failure("T2003", place);
  if (right !== undefined && !Number.isInteger(right)) throw failure("T2004", place);
  if (left === undefined || right === undefined) return undefined;
  const [from, to] = [left as number, right as number];
  if (from > to) return undefined;
  const size = to - from + 1;
  if (size > 1e7) throw failure("D2014", { ...place, value: size });
  meter.at = position;
  checkCount(size);
  spend(size >> 4);
  const numbers: number[] = new Array(size);
  // Its first member is the left side as it is, which may be -0.
  numbers[0] = from;
  for (let index = 1; index < size; index++) numbers[index] = from + index;
  return numbers;
}

/** `value ~> function` */
export function applied(value: unknown, target: unknown, position: number): unknown {
  meter.at = position;
  if (typeof target !== "function") throw failure("T2006", { position, value: target });
  const callable = target as Callable;
  if (typeof value === "function") return chained(value as Callable, callable);
  return call(callable, null, [value]);
}

/** `f ~> g` */
function chained(first: Callable, second: Callable): Callable {
  const within = (input: unknown, [value]: unknown[]): unknown =>
    call(second, input, [bare(norm(call(first, null, [bare(value)])))]);
  const chain: Callable = (...args) => within(null, args);
  chain.arity = 1;
  chain.within = within;
  chain.parts = { count: 1, call: (args) => within(null, args) };
  return chain;
}

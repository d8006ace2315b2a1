import { meter, spend } from "../../watch.ts";
import type { Signature } from "./native.ts";
import { type Callable, failure, placed } from "./value.ts";

/** A call that a function ends with: whoever called the function makes it, so that the stack does not grow. */
export class Tail {
  readonly target: unknown;
  readonly args: unknown[];
  readonly position: number;
  readonly name: unknown;

  constructor(target: unknown, args: unknown[], position: number, name: unknown) {
    this.target = target;
    this.args = args;
    this.position = position;
    this.name = name;
  }
}

const ENDING: unique symbol = Symbol("ending");

interface Ending extends Callable {
  [ENDING]?: Tail;
}

/**
 * The same where a predicate stands behind it: the library's predicate sees the call that is still to be made, as a
 * function, and not what it gives.
 */
export function ending(target: unknown, args: unknown[], position: number, name: unknown): Callable {
  const call: Ending = () => undefined;
  call[ENDING] = new Tail(target, args, position, name);
  return call;
}

function tailOf(value: unknown): Tail | undefined {
  if (value instanceof Tail) return value;
  return typeof value === "function" ? (value as Ending)[ENDING] : undefined;
}

/** Makes the calls a result stands for, one after the other. */
export function settle(result: unknown, input: unknown): unknown {
  let value = result;
  for (let tail = tailOf(value); tail !== undefined; tail = tailOf(value)) {
    const { target, args, position, name } = tail;
    meter.at = position;
    spend(4);
    try {
      value = once(target, input, args);
    } catch (thrown) {
      throw placed(thrown, position, name);
    }
  }
  return value;
}

function once(target: unknown, input: unknown, args: unknown[]): unknown {
  if (typeof target !== "function") throw failure("T1006");
  const callable = target as Callable;
  return callable.within === undefined ? callable(...args) : callable.within(input, args);
}

/** A function called with values. */
export function call(target: Callable, input: unknown, args: unknown[]): unknown {
  return settle(once(target, input, args), input);
}

/** `f(…)` where only the evaluation can tell what f is. */
export function callAny(
  target: unknown,
  input: unknown,
  args: unknown[],
  position: number,
  name: unknown,
): unknown {
  meter.at = position;
  spend(4);
  try {
    return settle(once(target, input, args), input);
  } catch (thrown) {
    throw placed(thrown, position, name);
  }
}

/** A function as it is passed to another: it no longer sees the context of its caller. */
export function bare(value: unknown): unknown {
  if (typeof value !== "function") return value;
  const callable = value as Callable;
  if (callable.within === undefined) return callable;
  callable.bare ??= Object.assign((...args: unknown[]) => call(callable, null, args), {
    arity: callable.arity ?? 0,
  });
  return callable.bare;
}

/** The body of a function of the mapping: the context of its caller, then its arguments. */
export type Body = (input: unknown, ...args: unknown[]) => unknown;

/** A function of the mapping as a value. */
export function lambda(body: Body, arity: number, signature?: Signature): Callable {
  const within =
    signature === undefined
      ? (input: unknown, args: unknown[]) => body(input, ...args)
      : (input: unknown, args: unknown[]) => body(input, ...signature.validate(args, input));
  const callable: Callable = (...args) => settle(within(null, args), null);
  callable.arity = arity;
  callable.within = within;
  callable.parts = { count: arity, call: (args) => body(null, ...args) };
  return callable;
}

/** What stands for `?` among the arguments of a partial application. */
export const HOLE: unique symbol = Symbol("?");

/** `f(?, 1)` */
export function partial(
  target: unknown,
  args: readonly unknown[],
  position: number,
  name: unknown,
): Callable {
  if (typeof target !== "function") throw failure("T1008", { position, token: name });
  const { parts, within } = target as Callable;
  // The library reads the parameters of a function from its source, and cannot read those of one that was passed on.
  if (parts === undefined) throw failure(within === undefined ? "S0202" : "S0208", { position });
  const holes: number[] = [];
  for (let index = 0; index < parts.count; index++) if (args[index] === HOLE) holes.push(index);
  const fill = (given: readonly unknown[]): unknown[] => {
    const bound = Array.from({ length: parts.count }, (_, index) => args[index]);
    for (const [at, index] of holes.entries()) bound[index] = given[at];
    return bound;
  };
  const run = (_input: unknown, given: unknown[]): unknown => parts.call(fill(given));
  const callable: Callable = (...given) => settle(run(null, given), null);
  callable.arity = holes.length;
  callable.within = run;
  callable.parts = { count: holes.length, call: (given) => parts.call(fill(given)) };
  return callable;
}

/** As many arguments as the function can take, of value, index and whole. */
export function offered(target: Callable, value: unknown, index: unknown, whole: unknown): unknown[] {
  const arity = target.arity ?? target.length;
  if (arity >= 3) return [value, index, whole];
  return arity === 2 ? [value, index] : [value];
}

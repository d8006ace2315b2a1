import { Suspended } from "../../suspended.ts";
import { meter, Stop, spend } from "../../watch.ts";
import { isOuter, norm } from "./mark.ts";

/** A function as mappings have it: a JavaScript function of its arguments, with what the library knows of its own. */
export interface Callable {
  (...args: unknown[]): unknown;
  /** How many arguments `$map` and its kin offer it. */
  arity?: number;
  /** The call with the context of the caller, which a function that was passed on no longer sees. */
  within?: (input: unknown, args: unknown[]) => unknown;
  /** What partial application needs. */
  parts?: Parts;
  /** The form in which it is passed to another function. */
  bare?: Callable;
}

export interface Parts {
  /** Names of the parameters; for a built-in as its source spells them. */
  readonly count: number;
  /** Calls it with all its parameters bound. */
  call(args: unknown[]): unknown;
}

export interface Thrown {
  code?: string;
  position?: number;
  token?: unknown;
  index?: number;
  value?: unknown;
  message?: string;
}

/** A failure as the library throws it. */
export function failure(code: string, more: Omit<Thrown, "code"> = {}): Thrown {
  return { code, ...more };
}

/** Adds the place where the failure came about, as the caller of a built-in does. */
export function placed(thrown: unknown, position: number, token?: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null && !(thrown instanceof Suspended)) {
    const error = thrown as Thrown;
    if (!error.position) error.position = position;
    if (token !== undefined && !error.token && !(error instanceof Stop)) error.token = token;
  }
  return thrown;
}

/** Adds the name of the function that failed; its place is that of whoever called it. */
export function named(thrown: unknown, token: string): unknown {
  if (typeof thrown === "object" && thrown !== null && !(thrown instanceof Error))
    (thrown as Thrown).token ??= token;
  return thrown;
}

/** A number that is one. @throws D1001 for one that is endless */
export function isNumeric(value: unknown): value is number {
  if (typeof value !== "number" || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw failure("D1001", { value });
  return true;
}

/** JSONata's own rule of what counts as true. */
export function truth(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value !== "";
  if (typeof value === "number") return isNumeric(value) && value !== 0;
  if (typeof value !== "object" || value === null) return false;
  if (!Array.isArray(value)) return Object.keys(value).length > 0;
  if (value.length === 0) return false;
  // Values may be shared: what is small in memory can be endless to walk.
  spend(16);
  if (value.length === 1) return truth(value[0]);
  let found = false;
  for (const member of value) if (truth(member)) found = true;
  return found;
}

/** `$boolean`: nothing for nothing, and for a list of nothing alone. */
export function booleanOf(value: unknown): boolean | undefined {
  let only = value;
  while (Array.isArray(only) && only.length === 1) only = only[0];
  return only === undefined ? undefined : truth(only);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The context as `$` gives it. */
export function self(context: unknown): unknown {
  return isOuter(context) ? context[0] : norm(context);
}

/** An own member, for names that every object inherits. */
export function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** As JSON.parse does: `__proto__` is a member like any other. */
export function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** Enters a function. @throws Stop */
export function enter(position: number): void {
  meter.at = position;
  if (++meter.depth > meter.deepest) throw new Stop("depth");
  spend(4);
}

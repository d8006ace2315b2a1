import { HELPERS } from "../../helper.ts";
import { meter } from "../../watch.ts";
import { asSequence, norm } from "./mark.ts";
import { textOf } from "./text.ts";
import { failure, isNumeric, placed } from "./value.ts";

/** A variable that is not bound yet. */
export const UNBOUND: unique symbol = Symbol("unbound");

/** The hub's own functions. */
export const help: typeof HELPERS = HELPERS;

/** A value that the caller binds. */
export function bindingOf(bindings: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return bindings !== undefined && Object.hasOwn(bindings, name) ? bindings[name] : undefined;
}

/** `sum(x)` where `$sum(x)` was meant. @throws T1005, T1007 */
export function forgotten(meant: unknown, position: number, name: string, kind: string): void {
  if (meant) throw failure(kind === "partial" ? "T1007" : "T1005", { position, token: name });
}

/** The start of `$reduce`, which cannot be a function. @throws T0410 */
export function noFunction(value: unknown, position: number): void {
  if (typeof value === "function") throw failure("T0410", { position, token: "reduce", index: 3 });
}

/** A range, which is a sequence. */
export function sequenceOf(values: unknown[] | undefined): unknown {
  return values === undefined ? undefined : norm(asSequence(values));
}

/** `$string(value)` */
export function stringOf(value: unknown, position: number): string {
  meter.at = position;
  try {
    return textOf(value);
  } catch (thrown) {
    throw placed(thrown, position, "string");
  }
}

/** `$type(value)` */
export function typeName(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return "null";
  if (isNumeric(value)) return "number";
  if (Array.isArray(value)) return "array";
  // To the library a number that is none is an object.
  return typeof value === "number" ? "object" : typeof value;
}

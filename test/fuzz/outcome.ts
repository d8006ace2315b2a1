import { HubError } from "../../src/errors.ts";
import { codeOf } from "../mapping/engine.ts";

/** What an evaluation came to. */
export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  /** The library's code of a failure; `crash` where it threw something of the language itself. */
  | { readonly kind: "error"; readonly code: string }
  /** A limit, or a result that is not JSON: ours says so, and the library has no such thing. */
  | { readonly kind: "guard"; readonly reason: string };

const CRASH = "crash";
const BARE = "not a HubError";

export function isCrash(outcome: Outcome): boolean {
  return outcome.kind === "error" && outcome.code === CRASH;
}

/** Ours failed with something that no operator could read. */
export function isBare(outcome: Outcome): boolean {
  return outcome.kind === "error" && outcome.code.startsWith(BARE);
}

/** What the library's guard rails and the stack of the process report. */
const LIMIT_CODES = ["D1011", "D1012", "D2014", "D2015"];

/** What the library answered, brought to the border that ours has: plain JSON, members without a value left out. */
export function ofLibrary(value: unknown): Outcome {
  if (value === undefined) return { kind: "value", value };
  try {
    return { kind: "value", value: plain(value, 0) };
  } catch (thrown) {
    if (thrown instanceof Unsaid) return { kind: "guard", reason: thrown.message };
    throw thrown;
  }
}

export function ofLibraryError(thrown: unknown): Outcome {
  const code =
    typeof thrown === "object" && thrown !== null ? (thrown as { code?: unknown }).code : undefined;
  if (typeof code === "string") return LIMIT_CODES.includes(code) ? limit(code) : { kind: "error", code };
  if (thrown instanceof RangeError && /call stack|string length|array length/i.test(thrown.message))
    return limit("stack");
  return { kind: "error", code: CRASH };
}

function limit(what: string): Outcome {
  return { kind: "guard", reason: `limit ${what}` };
}

/** What ours threw: a failure with the library's code, or a guard rail. */
export function ofOurError(thrown: unknown): Outcome {
  if (!(thrown instanceof HubError)) return { kind: "error", code: `${BARE}: ${String(thrown)}` };
  if (thrown.code === "TL_MAPPING_RUNAWAY") return { kind: "guard", reason: `limit: ${thrown.message}` };
  if (thrown.message.startsWith("the result holds")) return { kind: "guard", reason: NOT_JSON };
  if (thrown.message.startsWith("a picture string")) return { kind: "guard", reason: "picture" };
  if (thrown.message.startsWith("a number that has no value")) return { kind: "guard", reason: ENDLESS };
  const code = codeOf(thrown);
  return { kind: "error", code: code.endsWith("the library failed on this record") ? CRASH : code };
}

/** Refused when it is compiled, though the library would read it. */
export function refusalOf(thrown: unknown): string | null {
  if (!(thrown instanceof HubError) || thrown.code !== "TL_MAPPING_INVALID") return null;
  return /^S\d{4}/.test(thrown.message)
    ? null
    : thrown.message
        .replace(/\$?[\p{L}_][\p{L}\p{N}_]* is not a/u, "… is not a")
        .replace(/function \$.*/u, "function $…");
}

/** Where the library would write digits for ever. */
export const ENDLESS = "digits of infinity";

const NOT_JSON = "not JSON";
const TOO_DEEP = "limit: depth of the result";
const RESULT_DEPTH = 64;

/** The transform operator copies by assignment, so `__proto__` of an input becomes the prototype of the copy. */
const ODD_PROTOTYPE = "limit: a prototype that the library took from the input";

class Unsaid extends Error {}

function plain(value: unknown, depth: number): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new Unsaid(NOT_JSON);
  if (depth > RESULT_DEPTH) throw new Unsaid(TOO_DEEP);
  if (Array.isArray(value)) return Array.from(value, (member) => plain(member, depth + 1));
  const marks = value as { _jsonata_function?: unknown; _jsonata_lambda?: unknown };
  if (marks._jsonata_function === true || marks._jsonata_lambda === true) throw new Unsaid(NOT_JSON);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw new Unsaid(ODD_PROTOTYPE);
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const made = plain(member, depth + 1);
    Object.defineProperty(copy, name, { value: made, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** Exactly the same: order of keys, -0, nothing against null, a list of one against the one. */
export function isSame(left: Outcome, right: Outcome): boolean {
  if (left.kind === "value" && right.kind === "value") return isSameValue(left.value, right.value);
  if (left.kind === "error" && right.kind === "error") return left.code === right.code;
  return left.kind === "guard" && right.kind === "guard";
}

function isSameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null)
    return Object.is(left, right);
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left);
  const others = Object.keys(right);
  if (names.length !== others.length) return false;
  return names.every(
    (name, at) =>
      name === others[at] &&
      isSameValue((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  );
}

export function describe(outcome: Outcome): string {
  if (outcome.kind === "error") return `error ${outcome.code}`;
  if (outcome.kind === "guard") return `guard rail (${outcome.reason})`;
  return outcome.value === undefined
    ? "nothing"
    : JSON.stringify(outcome.value, (_, one) => (Object.is(one, -0) ? "-0 (number)" : one));
}

import type { Json } from "../message/json.ts";
import { RESULT_DEPTH } from "./limits.ts";
import { checkCount, checkTexts, Stop, tick } from "./watch.ts";

/** A result that is not JSON: where in it, and what is there. */
export class NotJson extends Error {
  override readonly name = "NotJson";
  readonly path: (string | number)[] = [];

  constructor(kind: string) {
    super(`the result holds ${kind}, which JSON does not have`);
  }

  /** RFC 6901; empty for the result as a whole. */
  get pointer(): string {
    return this.path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  }
}

// What the result under way has so far; evaluations take turns, and this part of one is synchronous.
let values = 0;
let texts = 0;

/**
 * The result as plain JSON of its own: without the marks that the library leaves on arrays, sharing nothing with the
 * input, and with ordinary objects, which everything after it reads faster. Members without a value are left out.
 * @throws NotJson for a function, a date, a number that JSON lacks or a hole in an array; Stop when it is too large
 */
export function toPlainJson(value: unknown): Json | undefined {
  if (value === undefined) return undefined;
  values = 0;
  texts = 0;
  return plain(value, 0);
}

function plain(value: unknown, depth: number): Json {
  if (typeof value === "string") {
    texts += value.length;
    checkTexts(texts);
    return value;
  }
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new NotJson(kindOf(value));
  tick();
  if (depth > RESULT_DEPTH) throw new Stop("depth");
  return Array.isArray(value) ? array(value, depth) : object(value, depth);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "a missing value in an array";
  return typeof value === "number" ? "a number without a value" : `a ${typeof value}`;
}

function array(members: readonly unknown[], depth: number): Json {
  values += members.length;
  checkCount(values);
  const copy: Json[] = [];
  for (let index = 0; index < members.length; index++) {
    try {
      copy.push(plain(members[index], depth + 1));
    } catch (thrown) {
      throw within(thrown, index);
    }
  }
  return copy;
}

function object(value: object, depth: number): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw new NotJson("an object of a class");
  if (isFunctionOfLibrary(value)) throw new NotJson("a function");
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members);
  values += names.length;
  checkCount(values);
  const copy: Record<string, Json> = {};
  for (const name of names) {
    const member = members[name];
    if (member === undefined) continue;
    try {
      set(copy, name, plain(member, depth + 1));
    } catch (thrown) {
      throw within(thrown, name);
    }
  }
  return copy;
}

/** The path is put together on the way out, so that a result that is in order pays nothing for it. */
function within(thrown: unknown, step: string | number): unknown {
  if (thrown instanceof NotJson) thrown.path.unshift(step);
  return thrown;
}

/** A copy of an input or a binding, for mappings that may write to it. */
export function copyJson<T extends Json>(value: T): T;
export function copyJson(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => copyJson(member));
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value))
    set(copy, name, copyJson((value as Record<string, Json>)[name] as Json));
  return copy;
}

/** As JSON.parse does: `__proto__` is a member like any other. */
function set(target: Record<string, Json>, name: string, value: Json): void {
  if (name === "__proto__")
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** The library's functions are objects with these marks; data that has them as plain members is data. */
function isFunctionOfLibrary(value: object): boolean {
  const { implementation, environment } = value as {
    implementation?: unknown;
    environment?: { lookup?: unknown } | null;
  };
  return typeof implementation === "function" || typeof environment?.lookup === "function";
}

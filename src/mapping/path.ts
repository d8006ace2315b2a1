import { isObject } from "../message/json.ts";
import type { AstNode } from "./ast.ts";
import type { PathGetter } from "./mapping.ts";
import { parseMapping } from "./parse.ts";

/**
 * Thrown by a path getter that meets an array: there JSONata maps over the members, which is the mapping's work.
 * The caller evaluates the compiled mapping instead.
 */
export class ArrayOnPath extends Error {
  override readonly name = "ArrayOnPath";
}

/**
 * The expression as a function, when it is only a path of names: `a`, `a.b`, `` `odd name`.b ``. Null when it is
 * anything else, or not valid; compiling it says why. The getter reads own members only, and answers undefined when
 * something on the way is missing or has no members.
 */
export function pathGetter(text: string): PathGetter | null {
  const names = namesOf(text);
  if (names === null) return null;
  return (input) => {
    let value: unknown = input;
    for (const name of names) {
      if (Array.isArray(value)) throw new ArrayOnPath("an array is on the path");
      if (!isObject(value as never) || !Object.hasOwn(value as object, name)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    // The library answers with the only member of an array, and with nothing for an empty one.
    if (Array.isArray(value)) throw new ArrayOnPath("an array is at the end of the path");
    return value as ReturnType<PathGetter>;
  };
}

/** A step of a plain path has these members and no other: predicates, `[]`, `@` and the like each add one. */
const PLAIN_STEP = ["position", "type", "value"];

/** Names with dots between them and nothing else need no parser, which is loaded for no other sake at most starts. */
const PLAIN_PATH = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const WORDS: ReadonlySet<string> = new Set(["and", "or", "in", "true", "false", "null", "function"]);

function namesOf(text: string): readonly string[] | null {
  if (PLAIN_PATH.test(text)) {
    const names = text.split(".");
    if (!names.some((name) => WORDS.has(name))) return names;
  }
  const root = parsed(text);
  if (root?.type !== "path" || Object.keys(root).some((name) => name !== "type" && name !== "steps"))
    return null;
  const names: string[] = [];
  for (const step of root.steps ?? []) {
    const isPlain = step.type === "name" && Object.keys(step).sort().join() === PLAIN_STEP.join();
    if (!isPlain || typeof step.value !== "string") return null;
    names.push(step.value);
  }
  return names;
}

function parsed(text: string): AstNode | null {
  try {
    return parseMapping(text, "").root;
  } catch {
    return null;
  }
}

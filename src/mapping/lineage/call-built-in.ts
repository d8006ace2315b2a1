import type { AstNode } from "../ast.ts";
import { type BuiltIn, builtIn } from "./built-in.ts";
import { callback } from "./callback.ts";
import { callId, SPECIAL } from "./special-built-in.ts";
import type { At, Tracer } from "./tracer.ts";
import {
  ALWAYS,
  bothPresence,
  deepSources,
  either,
  facts,
  itemOf,
  nothing,
  type Presence,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

/** What a call of a built-in gives, or of a function that is neither it nor of the mapping. */
export function callBuiltIn(
  tracer: Tracer,
  name: string,
  given: readonly Value[],
  node: AstNode,
  at: At,
): Value {
  const known = builtIn(name);
  const args = given.length < (known.needs ?? 0) ? [at.focus, ...given] : given;
  const [first = nothing()] = args;
  const subject = args[known.by ?? 0] ?? nothing();
  const special = SPECIAL[name]?.({ tracer, args, node, at });
  if (special !== undefined) return special;
  const called = args.slice(1).map((arg) => callback(tracer, name, arg, first, { node, at }));
  const results = called.filter((one) => one !== null);
  const from = union(...args.map((arg) => deepSources(arg)), ...results.map((one) => deepSources(one)));
  const passed = known.passes === true ? passing(name, args, results) : {};
  const id = IMPURE.has(name) || results.length > 0 ? tracer.unique() : callId(tracer, name, args);
  const whenPresent =
    known.presence === "always" || name === "append" ? new Set([id]) : new Set([id, ...subject.whenPresent]);
  const presence = at.facts.has(id) ? ALWAYS : presenceOf(known, subject, name);
  return value(id, {
    from,
    many: known.many,
    collapse: known.many === "sequence" ? node : null,
    presence,
    whenPresent,
    ...passed,
  });
}

/** Functions whose result differs from call to call. */
const IMPURE: ReadonlySet<string> = new Set(["now", "millis", "random", "shuffle"]);

function presenceOf(known: BuiltIn, subject: Value, name: string): Presence {
  if (known.presence === "always") return ALWAYS;
  if (known.presence === "unknown") return UNKNOWN;
  if (known.presence === "follows") return subject.presence;
  return bothPresence(subject.presence, { is: "maybe", why: `$${name} ${known.why ?? "may give nothing"}` });
}

function passing(name: string, args: readonly Value[], results: readonly Value[]): Partial<Value> {
  const lists = name === "append" ? args : args.slice(0, 1);
  const [list] = lists;
  if (list === undefined) return {};
  const one = lists.slice(1).reduce((all, next) => either(`${all.id}+${next.id}`, all, next), list);
  const kept =
    name === "filter" ? facts(one.itemFacts, ...results.map((result) => result.whenTrue)) : one.itemFacts;
  if (name === "single") {
    const { refs, objects, items } = itemOf(one);
    return { refs, objects, items };
  }
  const { refs, objects, items } = one;
  return { refs, objects, items, itemFacts: kept, itemId: one.itemId ?? `${one.id}[]` };
}

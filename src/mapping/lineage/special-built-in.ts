import type { AstNode } from "../ast.ts";
import { callback } from "./callback.ts";
import { merged } from "./merge.ts";
import { member } from "./path.ts";
import { belowRef } from "./source.ts";
import type { At, Tracer } from "./tracer.ts";
import {
  ALWAYS,
  bothPresence,
  deepSources,
  either,
  type Facts,
  facts,
  itemOf,
  NO_FACTS,
  nothing,
  type Presence,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

interface Call {
  readonly tracer: Tracer;
  readonly args: readonly Value[];
  readonly node: AstNode;
  readonly at: At;
}

/** Built-ins of which more is known than the table says. */
export const SPECIAL: Readonly<Record<string, (call: Call) => Value | undefined>> = {
  exists: ({ tracer, args }) => {
    const [of = nothing()] = args;
    return truth(tracer, "exists", args, { whenTrue: of.whenPresent, whenFalse: NO_FACTS });
  },
  boolean: ({ tracer, args }) => {
    const [of = nothing()] = args;
    const found = truth(tracer, "boolean", args, { whenTrue: of.whenTrue, whenFalse: of.whenFalse });
    return { ...found, presence: of.presence };
  },
  not: ({ tracer, args }) => {
    const [of = nothing()] = args;
    const whenFalse = of.presence.is === "always" ? of.whenTrue : NO_FACTS;
    const found = truth(tracer, "not", args, { whenTrue: facts(of.whenFalse, of.whenPresent), whenFalse });
    return { ...found, presence: of.presence };
  },
  map: ({ tracer, args, node, at }) => {
    const [list = nothing(), fn] = args;
    const item = fn === undefined ? null : callback(tracer, "map", fn, list, { node, at });
    if (item === null) return undefined;
    const whole = item.many === "one" ? item : itemOf(item);
    const empty: Presence = { is: "maybe", why: "the list may be empty" };
    return {
      ...whole,
      id: tracer.unique(),
      many: "sequence",
      collapse: node,
      presence: bothPresence(list.presence, empty),
    };
  },
  lookup: ({ tracer, args, node, at }) => {
    const [of = nothing(), key = nothing()] = args;
    const id = callId(tracer, "lookup", args);
    const found =
      typeof key.literal === "string"
        ? member(tracer, itemOf(of), key.literal, { node, through: false, facts: at.facts })
        : anyMember(tracer, of, node);
    const why = "$lookup may find nothing";
    const presence: Presence = at.facts.has(id)
      ? ALWAYS
      : bothPresence(found.presence, typeof key.literal === "string" ? ALWAYS : { is: "maybe", why });
    const whenPresent = new Set([id, ...key.whenPresent]);
    return {
      ...found,
      id,
      from: union(found.from, deepSources(key)),
      presence,
      whenPresent,
      whenTrue: whenPresent,
    };
  },
  merge: ({ tracer, args }) => {
    const [list = nothing()] = args;
    return merged(tracer, list);
  },
};

function truth(
  tracer: Tracer,
  name: string,
  args: readonly Value[],
  known: { readonly whenTrue: Facts; readonly whenFalse: Facts },
): Value {
  return value(callId(tracer, name, args), { from: union(...args.map((arg) => deepSources(arg))), ...known });
}

function anyMember(tracer: Tracer, of: Value, node: AstNode): Value {
  const id = tracer.unique();
  const refs = of.refs.map(belowRef);
  for (const ref of refs) tracer.read({ ref, node, through: false, missingIn: null });
  const members = [of, ...of.items].flatMap((one) =>
    one.objects.flatMap((object) => [
      ...[...object.members.values()].map((own) => own.value),
      ...(object.open === null ? [] : [object.open]),
    ]),
  );
  const widened = value(id, {
    refs,
    from: of.from,
    presence: UNKNOWN,
    many: refs.length > 0 ? "unknown" : "one",
  });
  if (members.length === 0) return widened;
  const joined = members.slice(1).reduce((left, right) => either(id, left, right), members[0] as Value);
  return refs.length === 0 ? { ...joined, from: union(joined.from, of.from) } : either(id, joined, widened);
}

/** The same for the same call. */
export function callId(tracer: Tracer, name: string, args: readonly Value[]): string {
  return tracer.id(`$${name}(${args.map((arg) => arg.id).join()})`);
}

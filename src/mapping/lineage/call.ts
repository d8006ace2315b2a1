import type { AstNode } from "../ast.ts";
import { type BuiltIn, builtIn } from "./built-in.ts";
import { member } from "./path.ts";
import { inner } from "./scope.ts";
import { belowRef } from "./source.ts";
import type { At, TraceNode, Tracer } from "./tracer.ts";
import {
  ALWAYS,
  type BuiltObject,
  bothPresence,
  deepSources,
  either,
  type Facts,
  type Fn,
  facts,
  itemOf,
  type Member,
  NO_FACTS,
  nothing,
  type Presence,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

/** What a call gives, for each function it may be of. */
export function callOne(tracer: Tracer, fn: Fn, args: readonly Value[], node: AstNode, at: At): Value {
  switch (fn.kind) {
    case "lambda":
      return callLambda(tracer, fn, args, at);
    case "built-in":
      return callBuiltIn(tracer, fn.name, args, node, at);
    case "partial": {
      const rest = [...args];
      const filled = fn.args.map((arg) => arg ?? rest.shift() ?? nothing());
      return tracer.call(fn.of, [...filled, ...rest], node, at);
    }
    case "chain": {
      const first = tracer.call(fn.first.functions, args, node, at);
      return tracer.call(fn.second.functions, [first], node, at);
    }
    case "transform":
      return transformed(tracer, fn, args[0] ?? nothing(), at);
  }
}

function callLambda(tracer: Tracer, fn: Fn & { kind: "lambda" }, args: readonly Value[], at: At): Value {
  const { arguments: parameters = [], body } = fn.node as TraceNode;
  const bound = parameters.map((one, index) => [String(one.value), args[index] ?? nothing()] as const);
  const scope = inner(fn.scope, bound);
  return body === undefined ? nothing() : tracer.evaluate(body, { ...at, focus: fn.focus, scope });
}

/** A copy of its argument in which some places are changed: which, is for the pattern to say. */
function transformed(tracer: Tracer, fn: Fn & { kind: "transform" }, input: Value, at: At): Value {
  const { pattern, update, delete: removed } = fn.node as TraceNode;
  const inside: At = { ...at, focus: input, scope: fn.scope };
  const found = pattern === undefined ? input : tracer.evaluate(pattern, inside);
  const item = { ...inside, focus: itemOf(found) };
  const parts = [update, removed].map((one) => (one === undefined ? nothing() : tracer.evaluate(one, item)));
  const from = union(deepSources(input), ...parts.map((part) => deepSources(part)));
  return value(tracer.unique(), {
    refs: input.refs.map(belowRef),
    from,
    presence: input.presence,
    many: "unknown",
  });
}

function callBuiltIn(tracer: Tracer, name: string, given: readonly Value[], node: AstNode, at: At): Value {
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

function callId(tracer: Tracer, name: string, args: readonly Value[]): string {
  return tracer.id(`$${name}(${args.map((arg) => arg.id).join()})`);
}

function presenceOf(known: BuiltIn, subject: Value, name: string): Presence {
  if (known.presence === "always") return ALWAYS;
  if (known.presence === "unknown") return UNKNOWN;
  if (known.presence === "follows") return subject.presence;
  return bothPresence(subject.presence, { is: "maybe", why: `$${name} ${known.why ?? "may give nothing"}` });
}

/** What a built-in's function argument gives for an item; null when the argument is no function. */
function callback(
  tracer: Tracer,
  name: string,
  arg: Value,
  list: Value,
  { node, at }: { readonly node: AstNode; readonly at: At },
): Value | null {
  if (arg.functions.length === 0) return null;
  const item = itemOf(list);
  const inside = { ...at, facts: facts(at.facts, list.itemFacts), certain: false };
  const other = value(tracer.unique());
  const widened = { ...value(tracer.unique(), { from: deepSources(list) }), refs: list.refs.map(belowRef) };
  if (name === "reduce") {
    const start = either(tracer.unique(), widened, item);
    const once = tracer.call(arg.functions, [start, item, other, list], node, inside);
    return once;
  }
  if (name === "each" || name === "sift")
    return tracer.call(arg.functions, [widened, other, list], node, inside);
  if (name === "sort") return tracer.call(arg.functions, [item, item], node, inside);
  return tracer.call(arg.functions, [item, other, list], node, inside);
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

interface Call {
  readonly tracer: Tracer;
  readonly args: readonly Value[];
  readonly node: AstNode;
  readonly at: At;
}

/** Built-ins of which more is known than the table says. */
const SPECIAL: Readonly<Record<string, (call: Call) => Value | undefined>> = {
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

/** `$merge([…])`: later objects win. */
function merged(tracer: Tracer, list: Value): Value {
  const parts = list.items.length > 0 ? list.items : [itemOf(list)];
  const id = tracer.unique();
  const members = new Map<string, Member>();
  let open: Value | null = null;
  let node: AstNode | null = null;
  for (const part of parts) {
    const isOpaque = part.refs.length > 0 || part.objects.length !== 1;
    if (isOpaque) {
      const widened = value(tracer.unique(), {
        refs: part.refs.map(belowRef),
        from: deepSources(part),
        presence: UNKNOWN,
        many: "unknown",
      });
      open = open === null ? widened : either(id, open, widened);
    }
    for (const object of part.objects) {
      node ??= object.node;
      addMembers(members, object, !isOpaque && part.presence.is === "always");
      open = object.open ?? open;
    }
  }
  const object: BuiltObject | null = node === null ? null : { node, members, open };
  const from = union(...parts.map((part) => part.from));
  if (object !== null) return value(id, { objects: [object], from, presence: list.presence });
  return open ?? value(id, { from: deepSources(list), presence: list.presence, many: "unknown" });
}

function addMembers(members: Map<string, Member>, object: BuiltObject, certain: boolean): void {
  for (const [name, own] of object.members) {
    const before = members.get(name);
    const isSure = certain && own.value.presence.is === "always";
    const fallback = before?.value ?? nothing();
    const joined = isSure ? own.value : either(`${own.value.id}|${fallback.id}`, own.value, fallback);
    members.set(name, { key: own.key, value: joined });
  }
}

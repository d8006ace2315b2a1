import { type AstNode, pairsOf } from "../ast.ts";
import { callOne } from "./call.ts";
import { path, staged } from "./path.ts";
import { bind, inner, lookUp } from "./scope.ts";
import { belowRef } from "./source.ts";
import type { At, Read, Stage, TraceNode, Tracer } from "./tracer.ts";
import {
  ALWAYS,
  bothPresence,
  common,
  deciding,
  deepSources,
  either,
  type Fn,
  facts,
  itemOf,
  type Member,
  NO_FACTS,
  nothing,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

/** Steps of the analysis of one mapping; functions that call each other could go on for ever. */
const STEP_LIMIT = 50_000;
const CALL_DEPTH = 24;

/** Evaluates a mapping over all records at once. `reads` takes every place of the input that is named. */
export function createTracer(root: Value, reads: (read: Read) => void): Tracer {
  const ids = new Map<string, string>();
  let steps = 0;
  let depth = 0;
  const tracer: Tracer = {
    root,
    read: reads,
    unique: () => `#${ids.size}.${steps++}`,
    id(description) {
      const known = ids.get(description);
      if (known !== undefined) return known;
      const id = description.length <= 80 ? description : `~${ids.size}`;
      ids.set(description, id);
      return id;
    },
    evaluate(node, at) {
      if (++steps > STEP_LIMIT) return anything(tracer, at);
      const found = withStages(tracer, node as TraceNode, evaluate(tracer, node as TraceNode, at), at);
      return found.presence.is !== "always" && at.facts.has(found.id)
        ? { ...found, presence: ALWAYS }
        : found;
    },
    call(functions, args, node, at) {
      if (functions.length === 0 || depth >= CALL_DEPTH) return widened(tracer, args);
      depth++;
      try {
        const results = functions.map((fn) => callOne(tracer, fn, args, node, at));
        return results.slice(1).reduce((all, one) => either(tracer.unique(), all, one), results[0] as Value);
      } finally {
        depth--;
      }
    },
  };
  return tracer;
}

/** The result of a function that is not known: any of its arguments, or something made of them. */
function widened(tracer: Tracer, args: readonly Value[]): Value {
  const from = union(...args.map((arg) => deepSources(arg)));
  return value(tracer.unique(), { from, presence: UNKNOWN, many: "unknown" });
}

/** What an expression gives that was not looked at. */
function anything(tracer: Tracer, at: At): Value {
  const from = union(
    deepSources(at.focus),
    deepSources({ ...tracer.root, refs: tracer.root.refs.map(belowRef) }),
  );
  return value(tracer.unique(), { from, presence: UNKNOWN, many: "unknown" });
}

function withStages(tracer: Tracer, node: TraceNode, found: Value, at: At): Value {
  const own = node.type === "name" ? [] : [...(node.predicate ?? []), ...(node.stages ?? [])];
  let result = found;
  for (const stage of own as readonly Stage[]) result = staged(tracer, stage, result, at);
  if (node.group !== undefined) result = grouped(tracer, node, result, at);
  if (node.keepArray === true && node.type !== "path") result = { ...result, many: "array", collapse: null };
  return result;
}

function evaluate(tracer: Tracer, node: TraceNode, at: At): Value {
  switch (node.type) {
    case "path":
      return path(tracer, node, at);
    case "string":
    case "number":
    case "value":
      return literal(node);
    case "variable":
      return variable(tracer, String(node.value), at);
    case "block":
      return block(tracer, node, at);
    case "bind": {
      const bound = tracer.evaluate(node.rhs as AstNode, at);
      bind(at.scope, String((node.lhs as AstNode).value), bound, at.certain);
      return bound;
    }
    case "condition":
      return condition(tracer, node, at);
    case "binary":
      return binary(tracer, node, at);
    case "unary":
      return unary(tracer, node, at);
    case "function":
      return call(tracer, node, at);
    case "partial":
      return functions(tracer, [partial(tracer, node, at)]);
    case "lambda":
      if (node.thunk === true) return tracer.evaluate(node.body as AstNode, at);
      return functions(tracer, [{ kind: "lambda", node, scope: at.scope, focus: at.focus }]);
    case "transform":
      return functions(tracer, [{ kind: "transform", node, scope: at.scope }]);
    case "apply":
      return apply(tracer, node, at);
    case "parent":
      return lookUp(at.scope, node.slot?.label ?? "") ?? anything(tracer, at);
    case "name":
    case "wildcard":
    case "descendant":
      return path(tracer, { type: "path", steps: [node] }, at);
    default:
      return value(tracer.unique());
  }
}

function literal(node: AstNode): Value {
  const own = node.value as string | number | boolean | null;
  return value(JSON.stringify(own), { literal: own });
}

function functions(tracer: Tracer, fns: readonly Fn[]): Value {
  return value(tracer.unique(), { functions: fns });
}

function variable(tracer: Tracer, name: string, at: At): Value {
  if (name === "") return at.focus;
  if (name === "$") return tracer.root;
  const bound = lookUp(at.scope, name);
  if (bound !== undefined) return bound;
  // What the caller binds, and the built-ins, are told apart by who uses them.
  return value(`$${name}`, { functions: [{ kind: "built-in", name }], presence: UNKNOWN });
}

function block(tracer: Tracer, node: TraceNode, at: At): Value {
  const scope = inner(at.scope);
  let last: Value = nothing();
  for (const one of node.expressions ?? []) last = tracer.evaluate(one, { ...at, scope, certain: true });
  return last;
}

function condition(tracer: Tracer, node: TraceNode, at: At): Value {
  const test = tracer.evaluate(node.condition as AstNode, at);
  const branch = (part: AstNode | undefined, known: Value["whenTrue"]): Value =>
    part === undefined
      ? nothing("there is no value where the condition is false")
      : tracer.evaluate(part, { ...at, facts: facts(at.facts, known), certain: false });
  const then = branch(node.then, test.whenTrue);
  const other = branch(node.else, test.whenFalse);
  const id = tracer.id(`${test.id}?${then.id}:${node.else === undefined ? "" : other.id}`);
  // `a ?? b` where `a` is always there.
  if (isExistence(node.condition) && then.id === otherThanExists(test) && isSure(tracer, node, at))
    return then;
  const joined = node.else === undefined ? withoutElse(id, then) : either(id, then, other);
  const whenThen = facts(test.whenTrue, then.whenPresent);
  const whenPresent =
    other.presence.is === "never" || node.else === undefined
      ? facts(whenThen, new Set([id]))
      : facts(common(whenThen, facts(test.whenFalse, other.whenPresent)), new Set([id]));
  const truthful = node.else === undefined ? facts(test.whenTrue, then.whenTrue) : joined.whenTrue;
  return {
    ...joined,
    from: union(joined.from, deciding(deepSources(test))),
    whenPresent,
    whenTrue: facts(whenPresent, truthful, new Set([id])),
  };
}

function withoutElse(id: string, then: Value): Value {
  const presence =
    then.presence.is === "always" || then.presence.is === "unknown"
      ? ({ is: "maybe", why: "there is no value where the condition is false" } as const)
      : then.presence;
  return { ...then, id, presence, itemId: then.itemId ?? `${then.id}[]` };
}

function isExistence(node: AstNode | undefined): boolean {
  return node?.type === "function" && node.procedure?.value === "exists";
}

function otherThanExists(test: Value): string | undefined {
  return /^\$exists\((.*)\)$/s.exec(test.id)?.[1];
}

function isSure(tracer: Tracer, node: TraceNode, at: At): boolean {
  const of = node.condition?.arguments?.[0];
  return of !== undefined && tracer.evaluate(of, at).presence.is === "always";
}

function binary(tracer: Tracer, node: TraceNode, at: At): Value {
  const left = tracer.evaluate(node.lhs as AstNode, at);
  const operator = String(node.value);
  const isAnd = operator === "and";
  const isOr = operator === "or";
  const rightFacts = isAnd ? left.whenTrue : isOr ? left.whenFalse : NO_FACTS;
  const right = tracer.evaluate(node.rhs as AstNode, { ...at, facts: facts(at.facts, rightFacts) });
  const id = tracer.id(`(${left.id} ${operator} ${right.id})`);
  const from = union(deepSources(left), deepSources(right));
  if (operator === "..") return value(id, { from, many: "array", items: [value(`${id}[]`, { from })] });
  if (isAnd || isOr) {
    const both = facts(left.whenTrue, right.whenTrue);
    const neither = facts(left.whenFalse, right.whenFalse);
    const whenTrue = isAnd ? both : common(left.whenTrue, right.whenTrue);
    const whenFalse = isOr ? neither : common(left.whenFalse, right.whenFalse);
    return value(id, { from, whenTrue: new Set([id, ...whenTrue]), whenFalse });
  }
  const present = new Set([id, ...left.whenPresent, ...right.whenPresent]);
  if (operator === "&") return value(id, { from });
  if (["=", "!=", "in"].includes(operator)) return value(id, { from, whenTrue: present });
  return value(id, { from, presence: bothPresence(left.presence, right.presence), whenPresent: present });
}

function unary(tracer: Tracer, node: TraceNode, at: At): Value {
  if (node.value === "[") return array(tracer, node, at);
  if (node.value === "{") return object(tracer, node, at);
  const of = tracer.evaluate(node.expression as AstNode, at);
  const id = tracer.id(`-${of.id}`);
  return value(id, {
    from: deepSources(of),
    presence: of.presence,
    whenPresent: new Set([id, ...of.whenPresent]),
  });
}

function array(tracer: Tracer, node: TraceNode, at: At): Value {
  const items: Value[] = [];
  for (const one of node.expressions ?? []) {
    const found = tracer.evaluate(one, at);
    if (found.presence.is === "never") continue;
    const isNested = one.type === "unary" && one.value === "[";
    const item = isNested
      ? found
      : itemOf({ ...found, many: found.many === "unknown" ? "unknown" : found.many });
    const fullness = found.many === "one" || found.many === "sequence" || isNested ? found.presence : UNKNOWN;
    items.push({ ...item, from: union(item.from, found.from), presence: fullness });
  }
  return value(tracer.id(`[${items.map((item) => item.id).join()}]`), { items, many: "array" });
}

function object(tracer: Tracer, node: TraceNode, at: At): Value {
  return value(tracer.unique(), { objects: [built(tracer, node, at, at)] });
}

function grouped(tracer: Tracer, node: TraceNode, found: Value, at: At): Value {
  const item = { ...at, focus: itemOf(found), facts: facts(at.facts, found.itemFacts) };
  const group = { ...at, focus: { ...itemOf(found), id: `${found.id}{}`, many: "unknown" as const } };
  const all = built(tracer, node, item, group);
  return value(tracer.unique(), { objects: [all], presence: UNKNOWN });
}

function built(tracer: Tracer, node: TraceNode, keyAt: At, at: At): Value["objects"][number] {
  const members = new Map<string, Member>();
  let open: Value | null = null;
  const pairs = node.group === undefined ? pairsOf(node) : node.group.lhs;
  for (const [key, content] of pairs) {
    const name = tracer.evaluate(key, keyAt);
    const own = tracer.evaluate(content, at);
    if (typeof name.literal === "string") members.set(name.literal, { key, value: own });
    else {
      const value = { ...own, from: union(own.from, deepSources(name)) };
      open = open === null ? value : either(tracer.unique(), open, value);
    }
  }
  return { node, members, open };
}

function call(tracer: Tracer, node: TraceNode, at: At): Value {
  const target = tracer.evaluate(node.procedure as AstNode, at);
  const args = (node.arguments ?? []).map((arg) => tracer.evaluate(arg, at));
  return tracer.call(target.functions, args, node, at);
}

function partial(tracer: Tracer, node: TraceNode, at: At): Fn {
  const of = tracer.evaluate(node.procedure as AstNode, at).functions;
  const isOpen = (arg: AstNode): boolean => arg.type === "operator" && arg.value === "?";
  const args = (node.arguments ?? []).map((arg) => (isOpen(arg) ? null : tracer.evaluate(arg, at)));
  return { kind: "partial", of, args };
}

/** `a ~> $f`, `a ~> $f(b)`, `$f ~> $g`. */
function apply(tracer: Tracer, node: TraceNode, at: At): Value {
  const left = tracer.evaluate(node.lhs as AstNode, at);
  const right = node.rhs as TraceNode;
  if (right.type === "function") {
    const target = tracer.evaluate(right.procedure as AstNode, at);
    const args = (right.arguments ?? []).map((arg) => tracer.evaluate(arg, at));
    return tracer.call(target.functions, [left, ...args], right, at);
  }
  const target = tracer.evaluate(right, at);
  const isChain = left.functions.length > 0 && left.refs.length === 0;
  if (isChain) return functions(tracer, [{ kind: "chain", first: left, second: target }]);
  return tracer.call(target.functions, [left], right, at);
}

import type { AstNode } from "../ast.ts";
import type { At, TraceNode, Tracer } from "./tracer.ts";
import { common, deciding, deepSources, either, facts, nothing, union, type Value } from "./value.ts";

/** `a ? b : c`, and what is written with it: `a ?? b`, `a ?: b`. */
export function condition(tracer: Tracer, node: TraceNode, at: At): Value {
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

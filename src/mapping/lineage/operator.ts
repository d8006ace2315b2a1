import type { AstNode } from "../ast.ts";
import type { At, TraceNode, Tracer } from "./tracer.ts";
import { bothPresence, common, deepSources, facts, NO_FACTS, union, type Value, value } from "./value.ts";

/** `a = b`, `a and b`, `a & b`, `[1..n]` and the like. */
export function binary(tracer: Tracer, node: TraceNode, at: At): Value {
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

/** `-a`. */
export function negated(tracer: Tracer, node: TraceNode, at: At): Value {
  const of = tracer.evaluate(node.expression as AstNode, at);
  const id = tracer.id(`-${of.id}`);
  return value(id, {
    from: deepSources(of),
    presence: of.presence,
    whenPresent: new Set([id, ...of.whenPresent]),
  });
}

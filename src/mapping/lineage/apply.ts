import type { AstNode } from "../ast.ts";
import type { At, TraceNode, Tracer } from "./tracer.ts";
import { type Fn, type Value, value } from "./value.ts";

/** `$f(a)`. */
export function call(tracer: Tracer, node: TraceNode, at: At): Value {
  const target = tracer.evaluate(node.procedure as AstNode, at);
  const args = (node.arguments ?? []).map((arg) => tracer.evaluate(arg, at));
  return tracer.call(target.functions, args, node, at);
}

/** `$f(a, ?)`. */
export function partial(tracer: Tracer, node: TraceNode, at: At): Fn {
  const of = tracer.evaluate(node.procedure as AstNode, at).functions;
  const isOpen = (arg: AstNode): boolean => arg.type === "operator" && arg.value === "?";
  const args = (node.arguments ?? []).map((arg) => (isOpen(arg) ? null : tracer.evaluate(arg, at)));
  return { kind: "partial", of, args };
}

/** `a ~> $f`, `a ~> $f(b)`, `$f ~> $g`. */
export function apply(tracer: Tracer, node: TraceNode, at: At): Value {
  const left = tracer.evaluate(node.lhs as AstNode, at);
  const right = node.rhs as TraceNode;
  if (right.type === "function") {
    const target = tracer.evaluate(right.procedure as AstNode, at);
    const args = (right.arguments ?? []).map((arg) => tracer.evaluate(arg, at));
    return tracer.call(target.functions, [left, ...args], right, at);
  }
  const target = tracer.evaluate(right, at);
  const isChain = left.functions.length > 0 && left.refs.length === 0;
  if (isChain) return functionValue(tracer, [{ kind: "chain", first: left, second: target }]);
  return tracer.call(target.functions, [left], right, at);
}

/** A function as a value, or one of several. */
export function functionValue(tracer: Tracer, fns: readonly Fn[]): Value {
  return value(tracer.unique(), { functions: fns });
}

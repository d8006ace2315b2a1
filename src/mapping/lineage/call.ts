import type { AstNode } from "../ast.ts";
import { callBuiltIn } from "./call-built-in.ts";
import { inner } from "./scope.ts";
import { belowRef } from "./source.ts";
import type { At, TraceNode, Tracer } from "./tracer.ts";
import { deepSources, type Fn, itemOf, nothing, union, type Value, value } from "./value.ts";

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

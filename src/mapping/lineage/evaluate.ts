import type { AstNode } from "../ast.ts";
import { apply, call, functionValue, partial } from "./apply.ts";
import { condition } from "./condition.ts";
import { array, grouped, object } from "./construct.ts";
import { binary, negated } from "./operator.ts";
import { path, staged } from "./path.ts";
import { bind, inner, lookUp } from "./scope.ts";
import { belowRef } from "./source.ts";
import type { At, Stage, TraceNode, Tracer } from "./tracer.ts";
import { deepSources, nothing, UNKNOWN, union, type Value, value } from "./value.ts";

/** What an expression can give, with the filters and groups that stand behind it. */
export function evaluate(tracer: Tracer, node: TraceNode, at: At): Value {
  const own = node.type === "name" ? [] : [...(node.predicate ?? []), ...(node.stages ?? [])];
  let result = expression(tracer, node, at);
  for (const stage of own as readonly Stage[]) result = staged(tracer, stage, result, at);
  if (node.group !== undefined) result = grouped(tracer, node, result, at);
  if (node.keepArray === true && node.type !== "path") result = { ...result, many: "array", collapse: null };
  return result;
}

function expression(tracer: Tracer, node: TraceNode, at: At): Value {
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
      return functionValue(tracer, [partial(tracer, node, at)]);
    case "lambda":
      if (node.thunk === true) return tracer.evaluate(node.body as AstNode, at);
      return functionValue(tracer, [{ kind: "lambda", node, scope: at.scope, focus: at.focus }]);
    case "transform":
      return functionValue(tracer, [{ kind: "transform", node, scope: at.scope }]);
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

function unary(tracer: Tracer, node: TraceNode, at: At): Value {
  if (node.value === "[") return array(tracer, node, at);
  if (node.value === "{") return object(tracer, node, at);
  return negated(tracer, node, at);
}

/** What an expression gives that was not looked at. */
export function anything(tracer: Tracer, at: At): Value {
  const from = union(
    deepSources(at.focus),
    deepSources({ ...tracer.root, refs: tracer.root.refs.map(belowRef) }),
  );
  return value(tracer.unique(), { from, presence: UNKNOWN, many: "unknown" });
}

import type { AstNode } from "../ast.ts";
import { belowRef } from "./source.ts";
import type { At, Tracer } from "./tracer.ts";
import { deepSources, either, facts, itemOf, type Value, value } from "./value.ts";

/** What a built-in's function argument gives for an item; null when the argument is no function. */
export function callback(
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

import { pairsOf } from "../ast.ts";
import type { At, TraceNode, Tracer } from "./tracer.ts";
import {
  deepSources,
  either,
  facts,
  itemOf,
  type Member,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

/** `[a, b]`. */
export function array(tracer: Tracer, node: TraceNode, at: At): Value {
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

/** `{ "a": b }`. */
export function object(tracer: Tracer, node: TraceNode, at: At): Value {
  return value(tracer.unique(), { objects: [built(tracer, node, at, at)] });
}

/** `list{ key: value }`: one object, whose members are made of the items that have the key. */
export function grouped(tracer: Tracer, node: TraceNode, found: Value, at: At): Value {
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

import type { AstNode } from "../ast.ts";
import type { At, Tracer } from "./tracer.ts";
import { bothPresence, deciding, deepSources, facts, itemOf, union, type Value } from "./value.ts";

/** `[…]` behind a value: one item by its number, or the items for which it is true. */
export function filtered(tracer: Tracer, test: AstNode, of: Value, at: At): Value {
  const item = itemOf(of);
  const judged = tracer.evaluate(test, { ...at, focus: item, facts: facts(at.facts, of.itemFacts) });
  if (isNumber(test)) return nth(tracer, of, item, String(test.value));
  const sources = deciding(deepSources(judged));
  const why = "the filter may leave nothing";
  return {
    ...of,
    id: tracer.id(`${of.id}{${judged.id}}`),
    from: union(of.from, sources),
    many: of.many === "array" ? "sequence" : of.many,
    collapse: of.many === "one" ? of.collapse : (of.collapse ?? (of.many === "array" ? test : null)),
    presence: bothPresence(of.presence, { is: "maybe", why }),
    whenPresent: facts(of.whenPresent, of.many === "one" ? judged.whenTrue : new Set<string>()),
    itemFacts: facts(of.itemFacts, judged.whenTrue),
    itemId: item.id,
  };
}

function isNumber(test: AstNode): boolean {
  return test.type === "number";
}

function nth(tracer: Tracer, of: Value, item: Value, number: string): Value {
  const why = "the list may be shorter";
  const id = tracer.id(`${of.id}[${number}]`);
  const isFirstOfFull = of.items.length > 0 && of.many === "array" && (number === "0" || number === "-1");
  const presence =
    of.many === "one" && number === "0"
      ? of.presence
      : isFirstOfFull
        ? firstPresence(of)
        : bothPresence(of.presence, { is: "maybe", why });
  const whenPresent = facts(item.whenPresent, of.whenPresent, of.itemFacts, new Set([id]));
  return { ...item, id, many: item.many, presence, whenPresent, whenTrue: facts(whenPresent, item.whenTrue) };
}

/** `[a, b][0]` is the first of them that is there. */
function firstPresence(of: Value): Value["presence"] {
  const presences = of.items.map(({ presence }) => presence);
  if (presences.some(({ is }) => is === "always")) return { is: "always" };
  return presences.find(({ is }) => is === "maybe") ?? { is: "unknown" };
}

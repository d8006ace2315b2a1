import type { AstNode } from "../ast.ts";
import { inner } from "./scope.ts";
import { belowRef, itemRefs, type SourceRef } from "./source.ts";
import { filtered } from "./stage.ts";
import type { At, Stage, TraceNode, Tracer } from "./tracer.ts";
import {
  ALWAYS,
  bothPresence,
  deciding,
  deepSources,
  either,
  facts,
  itemOf,
  manyOfRefs,
  NO_SOURCES,
  nothing,
  type Presence,
  refSources,
  type Sources,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

const MAY_BE_EMPTY: Presence = { is: "maybe", why: "the list may be empty" };

/** `a.b[c].{…}`: each step is evaluated once, with an item of the step before as its context. */
export function path(tracer: Tracer, node: TraceNode, outer: At): Value {
  const steps = node.steps ?? [];
  const at: At = { ...outer, scope: inner(outer.scope) };
  let current = outer.focus;
  let iterated: "no" | "yes" | "unknown" = "no";
  let presence: Presence = ALWAYS;
  let known = outer.facts;
  let decided: Sources = NO_SOURCES;
  const ids: string[] = [];
  for (const [index, step] of steps.entries() as Iterable<[number, TraceNode]>) {
    if (step.type === "sort") {
      const focus = itemOf(current);
      for (const { expression } of step.terms ?? [])
        tracer.evaluate(expression, { ...at, focus, facts: known });
      iterated = iterated === "no" && current.many === "one" ? "no" : "yes";
      continue;
    }
    const isStart = index === 0 && (step.type === "variable" || step.consarray === true);
    if (!isStart && current.many !== "one") {
      if (iterated !== "yes") iterated = current.many === "unknown" ? "unknown" : "yes";
      presence = bothPresence(presence, current.many === "unknown" ? UNKNOWN : fullness(current));
    }
    if (index > 0) {
      const list = current.many === "one" ? NO_SOURCES : refSources(current.refs);
      decided = union(decided, deciding(union(current.from, list)));
    }
    const focus = isStart ? outer.focus : itemOf(current);
    known = facts(known, current.itemFacts);
    const isLast = index === steps.length - 1;
    const input = { ...at, focus, facts: known };
    if (step.ancestor !== undefined) at.scope.values.set(step.ancestor.label, focus);
    let found = stepValue(tracer, step, input, !isLast);
    if (step.type === "name") {
      for (const stage of (step.stages ?? []) as readonly Stage[])
        found = staged(tracer, stage, found, input);
    }
    known = facts(known, found.whenPresent);
    if (step.index !== undefined) at.scope.values.set(step.index, value(tracer.unique()));
    if (step.focus !== undefined) {
      at.scope.values.set(step.focus, itemOf(found));
      if (found.many !== "one") iterated = "yes";
      presence = bothPresence(presence, found.presence);
      continue;
    }
    presence = bothPresence(presence, found.presence);
    if (found.many !== "one" || step.stages !== undefined || index === steps.length - 1) ids.push(found.id);
    current = found;
  }
  return result(
    tracer,
    node,
    { ...current, from: union(current.from, decided) },
    { iterated, presence, id: ids.join(" "), facts: outer.facts },
  );
}

function result(
  tracer: Tracer,
  node: TraceNode,
  last: Value,
  {
    iterated,
    presence,
    id,
    facts: known,
  }: { iterated: string; presence: Presence; id: string; facts: At["facts"] },
): Value {
  const isPlain = iterated === "no";
  const isArrayKept = node.keepSingletonArray === true;
  const keeps = (node.steps?.at(-1) as TraceNode | undefined)?.consarray === true;
  const many = isPlain ? last.many : iterated === "unknown" ? "unknown" : keeps ? "array" : "sequence";
  const own = isPlain ? last.id : tracer.id(`each ${id}`);
  const whenPresent = isPlain ? last.whenPresent : new Set([own]);
  return {
    ...last,
    id: own,
    many: isArrayKept ? "array" : many,
    collapse: isArrayKept ? null : many === "sequence" ? (last.collapse ?? node) : last.collapse,
    presence: known.has(own) ? ALWAYS : presence,
    whenPresent,
    whenTrue: isPlain ? last.whenTrue : whenPresent,
    whenFalse: isPlain ? last.whenFalse : new Set(),
    ...(isPlain || iterated === "unknown" ? {} : { refs: last.refs, items: last.items }),
  };
}

/** Whether a list has an item for sure. */
function fullness(list: Value): Presence {
  const shapes = list.refs.map(({ shape }) => shape);
  const isFull =
    list.items.length === 0 && shapes.length > 0 && shapes.every((shape) => (shape?.least ?? 0) > 0);
  if (isFull && list.many === "array") return ALWAYS;
  const built =
    list.many === "array" && list.items.some((item) => item.presence.is === "always" && item.many === "one");
  return built ? ALWAYS : MAY_BE_EMPTY;
}

function stepValue(tracer: Tracer, step: TraceNode, at: At, through: boolean): Value {
  switch (step.type) {
    case "name":
      return member(tracer, at.focus, String(step.value), { node: step, through, facts: at.facts });
    case "wildcard":
      return anyBelow(tracer, at.focus, step);
    case "descendant":
      return anyBelow(tracer, at.focus, step);
    default:
      return tracer.evaluate(step, at);
  }
}

export function staged(tracer: Tracer, stage: Stage, of: Value, at: At): Value {
  if (stage.type === "index") {
    if (stage.value !== undefined) at.scope.values.set(stage.value, value(tracer.unique()));
    return of;
  }
  return stage.expr === undefined ? of : filtered(tracer, stage.expr, of, at);
}

interface Reading {
  readonly node: AstNode;
  readonly through: boolean;
  readonly facts: At["facts"];
  readonly isBuilt?: boolean;
}

/** The member of that name, of whatever the value may be. */
export function member(tracer: Tracer, of: Value, name: string, reading: Reading): Value {
  const id = tracer.id(`${of.id}/${name}`);
  // Where it may be an object that is built here, nothing is wrong with what the input lacks.
  const isBuilt = of.objects.length > 0;
  const found: Value[] = of.refs.map((ref) => sourceMember(tracer, ref, name, { ...reading, isBuilt }, id));
  for (const object of of.objects) {
    const own = object.members.get(name)?.value;
    if (own !== undefined) found.push(own);
    else if (object.open === null) found.push(nothing(`no ${name} is set`));
    if (object.open !== null) found.push(object.open);
  }
  const [first, ...rest] = found;
  if (first === undefined) {
    // What is neither of the input nor built here may still have members: a header, the result of a function.
    return value(id, { from: deepSources(of), presence: UNKNOWN, many: "unknown" });
  }
  const all = rest.reduce((joined, one) => either(id, joined, one), first);
  const whenPresent = facts(all.whenPresent, new Set([id]), of.whenPresent);
  return {
    ...all,
    id,
    presence: reading.facts.has(id) ? ALWAYS : all.presence,
    whenPresent,
    whenTrue: facts(all.whenTrue, whenPresent),
  };
}

function sourceMember(tracer: Tracer, of: SourceRef, name: string, reading: Reading, id: string): Value {
  const { node, through } = reading;
  if (of.below) {
    tracer.read({ ref: of, node, through, missingIn: null });
    return value(id, { refs: [of], presence: UNKNOWN, many: "unknown" });
  }
  const types = of.shape?.types;
  const [item] = types?.has("array") === true && !types.has("object") ? itemRefs(of) : [];
  if (item !== undefined) return sourceMember(tracer, item, name, reading, id);
  const isObject = types === undefined || types.has("object");
  const found = isObject ? of.shape?.member(name) : { shape: null, required: false, named: false };
  const ref: SourceRef = { steps: [...of.steps, name], below: false, shape: found?.shape ?? null };
  const isMissing = found !== undefined && found.shape === null;
  tracer.read({ ref, node, through, missingIn: isMissing && reading.isBuilt !== true ? of : null });
  if (isMissing) return value(id, { presence: { is: "never" } });
  const presence: Presence =
    found === undefined || !(found.named || found.required)
      ? UNKNOWN
      : found.required && isObjectOnly(of)
        ? ALWAYS
        : { is: "maybe", why: `${name} is optional in the accepts-schema` };
  return value(id, { refs: [ref], presence, many: manyOfRefs([ref]) });
}

function isObjectOnly({ shape }: SourceRef): boolean {
  return shape !== null && [...shape.types].every((type) => type === "object");
}

function anyBelow(tracer: Tracer, of: Value, node: AstNode): Value {
  const refs = of.refs.map(belowRef);
  for (const ref of refs) tracer.read({ ref, node, through: false, missingIn: null });
  const members = of.objects.flatMap((object) => [
    ...[...object.members.values()].map((one) => one.value),
    ...(object.open === null ? [] : [object.open]),
  ]);
  const id = tracer.unique();
  const all = [value(id, { refs, from: of.from }), ...members, ...of.items];
  const joined = all.slice(1).reduce((left, right) => either(id, left, right), all[0] as Value);
  return { ...joined, id, presence: UNKNOWN, many: "unknown", collapse: null };
}

import { type Emitter, VALUE } from "./emitter.ts";
import { groupedInPlace, grouping, isGroupedInPlace } from "./group.ts";
import { ANY, ARRAY, type Context, can, ENDLESS, FUNCTION, NOTHING, type Use, type Value } from "./kind.ts";
import { inLoops } from "./loops.ts";
import { namePath } from "./name.ts";
import type { Node } from "./node.ts";
import type { Reached } from "./reached.ts";
import { ofEach, used } from "./result.ts";
import { gathered } from "./sink.ts";
import { found, isOnce, middleStep, once } from "./step.ts";

/** `a.b[c].(d)` without positions and parents, which are in tuple.ts. */
export function path(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const steps = node.steps as readonly Node[];
  const open = node.keepSingletonArray === true || node.keepArray === true || node.group !== undefined;
  const plain = steps.findIndex((step) => step.type !== "name" || step.stages !== undefined);
  const names = steps.slice(0, plain < 0 ? steps.length : plain).map((step) => String(step.value));
  if (names.length === steps.length && !open)
    return used(emitter, namePath(emitter, names, context, "value"), use);
  const loops = open ? undefined : inLoops(emitter, node, context);
  if (loops !== undefined) return gathered(emitter, loops, ofEach(use));
  const groups =
    node.keepSingletonArray !== true && node.keepArray !== true && groupsOf(emitter, node, context, use);
  if (groups) return groups;
  let reached: Reached = { form: "context", context };
  let from = 0;
  if (names.length > 0 && names.length < steps.length) {
    reached = { form: "one", value: namePath(emitter, names, context, "middle") };
    from = names.length;
  } else if (names.length === steps.length && names.length > 1) {
    reached = { form: "one", value: namePath(emitter, names.slice(0, -1), context, "middle") };
    from = names.length - 1;
  }
  let start = steps[0]?.consarray === true ? listStep(emitter, steps[0], context) : undefined;
  if (start !== undefined) {
    reached = { form: "list", js: start.list, input: false };
    from = 1;
  }
  for (; from < steps.length - 1; from++) {
    reached = middleStep(emitter, steps[from] as Node, reached, from === 0);
    if (reached.form === "list" && reached.whole === true) start = { list: reached.js, value: reached.js };
  }
  const last = steps[from];
  if (!open && last !== undefined) {
    const value = lastStep(emitter, last, reached, use, from === 0);
    return start === undefined ? value : unlessEmpty(emitter, start, value, use);
  }
  const list = last === undefined ? (start as ListStep).list : openStep(emitter, last, reached, from === 0);
  const input = start === undefined && context.input && names.length === steps.length;
  if (start === undefined) return opened(emitter, node, list, use, input);
  const kept = emitter.temp(
    `${start.value} !== undefined && startsNot(${start.value}) ? ${start.value} : ${list}`,
  );
  return opened(emitter, node, kept.js, use);
}

/** `path{ key: value }` in place; undefined where it is not. */
function groupsOf(emitter: Emitter, node: Node, context: Context, use: Use): Value | undefined {
  const [start, ...others] = node.steps as readonly [Node, ...Node[]];
  const isVariable = isOnce(start, true);
  const steps = isVariable ? others : [start, ...others];
  if (!isGroupedInPlace(emitter, node, steps)) return undefined;
  const value = isVariable ? emitter.evaluate(start, context, VALUE) : undefined;
  if (value !== undefined)
    return value.input ? groupedInPlace(emitter, node, steps, { form: "one", value }, use) : undefined;
  return context.input ? groupedInPlace(emitter, node, steps, { form: "context", context }, use) : undefined;
}

/** `[…]` as the first step: what it gave, and the members the next step goes through. */
interface ListStep {
  readonly value: string;
  readonly list: string;
}

/** It sees all of the context as one list. */
function listStep(emitter: Emitter, step: Node, { js }: Context): ListStep {
  const all = emitter.temp(`Array.isArray(${js}) ? ${js} : asSequence([${js}])`);
  const { js: value } = emitter.evaluate(step, emitter.context(all.js, ARRAY, false), VALUE);
  return { value, list: emitter.temp(`consList(${value})`).js };
}

/** The library ends a path at an empty list, and has that list as its value. */
function unlessEmpty(emitter: Emitter, start: ListStep, value: Value, use: Use): Value {
  const empty = use.result ? `out(unstarted(${start.value}), ${use.depth})` : `unstarted(${start.value})`;
  const either = emitter.temp(`${start.list}.length === 0 ? ${empty} : ${value.js}`);
  return { ...either, ...(use.result ? { final: true } : {}) };
}

/** What follows a whole path: `[]`, and grouping. */
function opened(emitter: Emitter, node: Node, list: string, use: Use, input = false): Value {
  const kept = node.keepSingletonArray === true ? emitter.temp(`keepPath(${list})`, ARRAY).js : list;
  if (node.group !== undefined)
    return grouping(
      emitter,
      node.group.lhs,
      { js: kept, kinds: ARRAY, input },
      node.group.position ?? 0,
      use,
    );
  return used(emitter, emitter.temp(`norm(${node.keepArray === true ? `keep(${kept})` : kept})`, ANY), use);
}

function lastStep(emitter: Emitter, step: Node, reached: Reached, use: Use, first: boolean): Value {
  if (isOnce(step, first)) {
    const value = once(emitter, step, reached, VALUE);
    if (!can(value.kinds, ARRAY) || value.input) return used(emitter, value, use);
    return used(
      emitter,
      emitter.temp(`Array.isArray(${value.js}) ? lastName(${value.js}) : ${value.js}`, value.kinds),
      use,
    );
  }
  const { js, kinds, flat, input, marked, final } = found(emitter, step, reached, ofEach(use));
  const plain = emitter.program.unmarked || step.type === "sort" || final === true;
  const make = plain ? "plainMade" : "made";
  const put = final === true ? "lastPlain" : emitter.program.unmarked ? "lastUnmarked" : "last";
  const code = marked ? `norm(${js})` : `${flat ? make : put}(${js})`;
  const value = emitter.temp(code, (flat ? kinds | ARRAY : kinds) | NOTHING, { input });
  if (!use.result) return value;
  if (final !== true) return used(emitter, value, use);
  emitter.line(`counted(${value.js});`);
  return { js: value.js, kinds: value.kinds & ~(FUNCTION | ENDLESS), input: false, final: true };
}

/** The last step where more follows: an array that is not a value yet. */
function openStep(emitter: Emitter, step: Node, reached: Reached, first: boolean): string {
  if (isOnce(step, first)) {
    const value = once(emitter, step, reached, VALUE);
    return emitter.temp(`lastOpen(${value.js} === undefined ? [] : [${value.js}])`).js;
  }
  const { js, flat, marked } = found(emitter, step, reached, VALUE);
  if (marked) return js;
  if (step.type === "sort") return emitter.temp(`${js}.length > 1 ? ${js} : asSequence([...${js}])`).js;
  // One array that `[…]` made is the list itself, unless a predicate took members of it.
  const isSure = flat && (step.type !== "unary" || step.stages !== undefined);
  return emitter.temp(isSure ? `asSequence(${js})` : `lastOpen(${js})`).js;
}

import { type Emitter, type Use, VALUE } from "./emitter.ts";
import { grouping } from "./group.ts";
import { ANY, ARRAY, type Context, can, ENDLESS, FUNCTION, NOTHING, type Value } from "./kind.ts";
import { namePath } from "./name.ts";
import type { Node } from "./node.ts";
import { iterate, type Reached } from "./reached.ts";
import { used } from "./result.ts";
import { gathered, listed } from "./sink.ts";
import { type Found, sorted, stages } from "./stage.ts";
import { firstStreamed } from "./stream.ts";

/** `a.b[c].(d)` without positions and parents, which are in tuple.ts. */
export function path(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const steps = node.steps as readonly Node[];
  const open = node.keepSingletonArray === true || node.keepArray === true || node.group !== undefined;
  const plain = steps.findIndex((step) => step.type !== "name" || step.stages !== undefined);
  const names = steps.slice(0, plain < 0 ? steps.length : plain).map((step) => String(step.value));
  if (names.length === steps.length && !open)
    return used(emitter, namePath(emitter, names, context, "value"), use);
  const loops = open || emitter.program.cons ? undefined : inLoops(emitter, steps, context);
  if (loops !== undefined) return gathered(emitter, loops.steps, loops.reached, use);
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
    `${start.list}.length === 0 && Array.isArray(${start.value}) ? ${start.value} : ${list}`,
  );
  return opened(emitter, node, kept.js, use);
}

/** A path of which `[…]` makes a list, without another list before it; undefined when that cannot be. */
export function pathList(emitter: Emitter, node: Node, context: Context, use: Use): Value | undefined {
  const isOpen = node.keepSingletonArray === true || node.keepArray === true || node.group !== undefined;
  if (node.type !== "path" || isOpen || emitter.program.cons) return undefined;
  const loops = inLoops(emitter, node.steps as readonly Node[], context);
  return loops && listed(emitter, loops.steps, loops.reached, use);
}

interface Loops {
  readonly reached: Reached;
  readonly steps: readonly Node[];
}

/** The last steps as loops within each other, and what those before them reach; undefined when the last is none. */
function inLoops(emitter: Emitter, steps: readonly Node[], context: Context): Loops | undefined {
  const [start] = steps as readonly [Node];
  if (steps.some((step) => step.tuple === true) || start.consarray === true) return undefined;
  const isVariable = isOnce(start, true);
  if (isVariable && steps.length === 1) return undefined;
  const isName = start.type === "name" && start.stages === undefined && steps.length > 1;
  const from = isVariable || isName ? 1 : 0;
  const first = firstStreamed(emitter, steps, from);
  if (first === steps.length) return undefined;
  let reached: Reached = { form: "context", context };
  if (isVariable) reached = { form: "one", value: once(emitter, start, reached, VALUE) };
  if (isName) reached = { form: "one", value: namePath(emitter, [String(start.value)], context, "middle") };
  for (const [index, step] of steps.slice(from, first).entries())
    reached = middleStep(emitter, step, reached, from + index === 0);
  return { reached, steps: steps.slice(first) };
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

/** A step for each member reached. */
function found(emitter: Emitter, step: Node, reached: Reached, use: Use): Found {
  if (step.type === "sort") return sorted(emitter, step, reached);
  const js = emitter.name("f");
  emitter.line(`const ${js} = [];`);
  let kinds = 0;
  let input = true;
  let flat = false;
  // What `[…]` made is one member, wherever it comes from; a part of the result has no mark to tell.
  const isUnit =
    step.type === "unary" &&
    step.stages === undefined &&
    step.predicate === undefined &&
    step.group === undefined;
  const inside = step.stages === undefined && (isUnit || !emitter.program.cons) ? use : VALUE;
  emitter.mark(step.position);
  iterate(emitter, reached, (item) => {
    const value = emitter.evaluate(withoutStages(step), item, inside);
    input &&= value.input;
    if (step.stages !== undefined) {
      flat = stages(emitter, step.stages, value, js);
      kinds = ANY;
      return;
    }
    kinds |= value.kinds;
    const push = `${js}.push(${value.js});`;
    emitter.line(can(value.kinds, NOTHING) ? `if (${value.js} !== undefined) ${push}` : push);
  });
  flat ||= !can(kinds, ARRAY) || (isUnit && step.consarray === true);
  return { js, kinds, flat, input, final: inside.result };
}

function withoutStages(step: Node): Node {
  if (step.stages === undefined) return step;
  const { stages: _stages, ...rest } = step;
  return { ...rest, type: step.type, value: step.value, position: step.position ?? 0 };
}

/** Whether the step is evaluated once, whatever the context is. */
function isOnce(step: Node, first: boolean): boolean {
  return first && step.type === "variable" && step.stages === undefined;
}

function once(emitter: Emitter, step: Node, reached: Reached, use: Use): Value {
  return emitter.evaluate(step, (reached as { context: Context }).context, use);
}

/** A step that another follows. */
export function middleStep(emitter: Emitter, step: Node, reached: Reached, first: boolean): Reached {
  if (isOnce(step, first)) return { form: "one", value: once(emitter, step, reached, VALUE) };
  const { js, flat, input, marked = false } = found(emitter, step, reached, VALUE);
  return { form: "list", whole: marked, js: flat ? js : emitter.temp(`middle(${js})`).js, input };
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
  const { js, kinds, flat, input, marked, final } = found(emitter, step, reached, use);
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
  // One array that `[…]` made is the list itself; only what cannot be an array is a list for sure.
  const isSure = flat && step.type !== "unary";
  return emitter.temp(isSure ? `asSequence(${js})` : `lastOpen(${js})`).js;
}

import { type Emitter, type Use, VALUE } from "./emitter.ts";
import { filterInto, literalIndex } from "./filter.ts";
import { ANY, ARRAY, type Context, can, ENDLESS, FUNCTION, NOTHING, type Value } from "./kind.ts";
import { namePath } from "./name.ts";
import { at, type Node } from "./node.ts";
import { grouping } from "./object.ts";
import { used } from "./result.ts";

/** What a path has reached: its context, what one step gave, or a list of members. */
export type Reached =
  | { readonly form: "context"; readonly context: Context }
  | { readonly form: "one"; readonly value: Value }
  | {
      readonly form: "list";
      readonly js: string;
      readonly input: boolean;
      /** An array that is a value of its own, which ends the path when it is empty. */
      readonly whole?: boolean;
    };

/** `a.b[c].(d)` without positions and parents, which are in tuple.ts. */
export function path(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const steps = node.steps as readonly Node[];
  const open = node.keepSingletonArray === true || node.keepArray === true || node.group !== undefined;
  const plain = steps.findIndex((step) => step.type !== "name" || step.stages !== undefined);
  const names = steps.slice(0, plain < 0 ? steps.length : plain).map((step) => String(step.value));
  if (names.length === steps.length && !open)
    return used(emitter, namePath(emitter, names, context, "value"), use);
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

/** Goes through what is reached; `write` may run any number of times. */
export function iterate(emitter: Emitter, reached: Reached, write: (item: Context) => void): void {
  const index = emitter.name("i");
  const item = emitter.name("x");
  const loop = (count: string, member: string, input: boolean, kinds: number): void => {
    emitter.line(`for (let ${index} = 0; ${index} < ${count}; ${index}++) {`);
    emitter.line("if (--meter.fuel < 0) look();");
    emitter.line(`const ${item} = ${member};`);
    emitter.repeated(() => write(emitter.context(item, kinds, input)));
    emitter.line("}");
  };
  if (reached.form === "list") {
    loop(`${reached.js}.length`, `${reached.js}[${index}]`, reached.input, ANY);
    return;
  }
  const { js, kinds, input } = reached.form === "one" ? reached.value : reached.context;
  const isContext = reached.form === "context";
  if (!can(kinds, ARRAY)) {
    if (isContext) {
      emitter.line("{");
      emitter.branch(() => write(reached.context));
    } else {
      emitter.line(can(kinds, NOTHING) ? `if (${js} !== undefined) {` : "{");
      emitter.branch(() => write(emitter.context(js, kinds & ~NOTHING, input)));
    }
    emitter.line("}");
    return;
  }
  const isList = emitter.name("a");
  const test = emitter.program.cons && !isContext && !input ? `isList(${js})` : `Array.isArray(${js})`;
  emitter.line(`const ${isList} = ${test};`);
  const single = isContext || !can(kinds, NOTHING) ? "1" : `${js} === undefined ? 0 : 1`;
  const count = emitter.name("n");
  emitter.line(`const ${count} = ${isList} ? ${js}.length : ${single};`);
  loop(count, `${isList} ? ${js}[${index}] : ${js}`, input, ANY);
}

/** What is reached as a list. */
export function listOfReached(emitter: Emitter, reached: Reached): string {
  if (reached.form === "list") return reached.js;
  const { js } = reached.form === "one" ? reached.value : reached.context;
  if (reached.form === "context") return emitter.temp(`Array.isArray(${js}) ? ${js} : [${js}]`).js;
  return emitter.temp(`${js} === undefined ? [] : isList(${js}) ? ${js} : [${js}]`).js;
}

interface Found {
  /** An array of what the step gave for each member, or of the members themselves. */
  readonly js: string;
  readonly kinds: number;
  /** They are members already: nothing is left to put together. */
  readonly flat: boolean;
  readonly input: boolean;
  /** It is a value with its marks. */
  readonly marked?: boolean;
  /** Its members are parts of the result already. */
  readonly final?: boolean;
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

/** Predicates of a step. @returns whether what is pushed are members */
function stages(emitter: Emitter, predicates: readonly Node[], value: Value, target: string): boolean {
  let current = value;
  for (const [index, stage] of predicates.entries()) {
    const isLast = index === predicates.length - 1;
    const predicate = stage.expr as Node;
    const nth = literalIndex(predicate);
    if (nth !== undefined) {
      current = emitter.temp(`nth(${current.js}, ${nth})`, ANY, { input: current.input });
      if (isLast) emitter.line(`${target}.push(${current.js});`);
      continue;
    }
    if (isLast) {
      filterInto(emitter, current, predicate, target);
      return true;
    }
    const next = emitter.name("f");
    emitter.line(`const ${next} = [];`);
    filterInto(emitter, current, predicate, next);
    current = { js: next, kinds: ARRAY, input: current.input };
  }
  return false;
}

/** `^(…)` of all that is reached. */
function sorted(emitter: Emitter, step: Node, reached: Reached): Found {
  const list = listOfReached(emitter, reached);
  const input = reached.form === "list" ? reached.input : reached.form === "one" && reached.value.input;
  const terms = (step.terms ?? []).map(({ descending, expression }) => {
    const key = emitter.ofMember(input, (member) => emitter.evaluate(expression, member, VALUE));
    return `{ descending: ${descending}, key: ${key} }`;
  });
  let js = emitter.temp(`ordered(${list}, [${terms.join(", ")}], ${at(step)})`).js;
  let marked = false;
  for (const stage of step.stages ?? []) {
    const predicate = stage.expr as Node;
    const nth = literalIndex(predicate);
    marked = nth !== undefined;
    if (marked) js = emitter.temp(`nthList(${js}, ${nth})`).js;
    else {
      const next = emitter.name("f");
      emitter.line(`const ${next} = [];`);
      filterInto(emitter, { js, kinds: ARRAY, input }, predicate, next);
      js = next;
    }
  }
  return { js, kinds: ANY, flat: true, input, marked };
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

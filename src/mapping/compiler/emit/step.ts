import { type Emitter, VALUE } from "./emitter.ts";
import { ANY, ARRAY, type Context, can, NOTHING, type Use, type Value } from "./kind.ts";
import type { Node } from "./node.ts";
import { iterate, type Reached } from "./reached.ts";
import { type Found, sorted, stages } from "./stage.ts";

/** A step for each member reached. */
export function found(emitter: Emitter, step: Node, reached: Reached, use: Use): Found {
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
export function isOnce(step: Node, first: boolean): boolean {
  return first && step.type === "variable" && step.stages === undefined;
}

/** Such a step. */
export function once(emitter: Emitter, step: Node, reached: Reached, use: Use): Value {
  return emitter.evaluate(step, (reached as { context: Context }).context, use);
}

/** A step that another follows. */
export function middleStep(emitter: Emitter, step: Node, reached: Reached, first: boolean): Reached {
  if (isOnce(step, first)) return { form: "one", value: once(emitter, step, reached, VALUE) };
  const { js, flat, input, marked = false } = found(emitter, step, reached, VALUE);
  return { form: "list", whole: marked, js: flat ? js : emitter.temp(`middle(${js})`).js, input };
}

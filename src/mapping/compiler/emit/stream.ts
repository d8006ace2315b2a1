import { type Emitter, VALUE } from "./emitter.ts";
import { filterInto, kept, literalIndex } from "./filter.ts";
import { ANY, ARRAY, type Use, type Value } from "./kind.ts";
import type { Node } from "./node.ts";
import { iterate, type Reached } from "./reached.ts";
import { used } from "./result.ts";

/**
 * Takes what the last step of a path found. `members`: any number of values, of which nothing is none; `whole`: one
 * member, even when it is an array; `empty`: as the first, but nothing counts as a list without members.
 */
export type Take = (value: Value, form: "members" | "whole" | "empty") => void;

/**
 * The first of the last steps that can be written as loops within each other, without a list between two steps. Of those
 * only one may fail: what fails first must not hang on whether steps or members come first.
 */
export function firstStreamed(emitter: Emitter, steps: readonly Node[], from: number): number {
  let failing = 0;
  let first = steps.length;
  while (first > from) {
    const step = steps[first - 1] as Node;
    if (step.type === "sort" || step.consarray === true || step.keepArray === true) break;
    if (!isSafe(emitter, step)) failing++;
    if (failing > 1) break;
    first--;
  }
  return first;
}

/** Whether a step cannot fail. */
export function isSafe(emitter: Emitter, step: Node): boolean {
  if (step.type !== "name" || step.keepArray === true || step.tuple === true) return false;
  return (step.stages ?? []).every(({ expr }) => {
    const predicate = expr as Node;
    return literalIndex(predicate) !== undefined || isSafeTest(emitter, predicate);
  });
}

function isSafeTest(emitter: Emitter, node: Node): boolean {
  if (node.type !== "binary" || node.predicate !== undefined || node.group !== undefined) return false;
  const sides = [node.lhs as Node, node.rhs as Node];
  if (node.value === "and" || node.value === "or") return sides.every((side) => isSafeTest(emitter, side));
  return (node.value === "=" || node.value === "!=") && sides.every((side) => isRead(side));
}

/** A text, a number, a variable or a path of names. */
export function isRead(node: Node): boolean {
  if (node.predicate !== undefined || node.group !== undefined || node.keepArray === true) return false;
  if (node.type === "path")
    return (
      node.keepSingletonArray !== true &&
      (node.steps as readonly Node[]).every((step) => step.type === "name" && isPlain(step))
    );
  return ["string", "number", "value", "variable"].includes(node.type);
}

function isPlain(step: Node): boolean {
  return step.stages === undefined && step.tuple !== true && step.keepArray !== true;
}

/** Steps as loops within each other; `take` is written once, in the innermost, for what the last step gives. */
export function stream(
  emitter: Emitter,
  steps: readonly Node[],
  reached: Reached,
  use: Use,
  take: Take,
): void {
  const [step, ...rest] = steps as readonly [Node, ...Node[]];
  const isLast = rest.length === 0;
  const stages = (step.stages ?? []).map(({ expr }) => expr as Node);
  const { stages: _stages, ...plain } = step;
  emitter.mark(step.position);
  iterate(emitter, reached, (item) => {
    const inside = isLast && stages.length === 0 ? use : VALUE;
    const value = emitter.evaluate(plain as Node, item, inside);
    filtered(emitter, stages, value, (member, form) => {
      if (isLast) take(stages.length === 0 ? member : used(emitter, member, use), form);
      else stream(emitter, rest, { form: form === "whole" ? "item" : "one", value: member }, use, take);
    });
  });
}

/** What predicates leave of the value of a step. */
function filtered(emitter: Emitter, [predicate, ...others]: readonly Node[], value: Value, take: Take): void {
  if (predicate === undefined) {
    take(value, "members");
    return;
  }
  const nth = literalIndex(predicate);
  if (nth !== undefined) {
    const isMiddle = others.length > 0;
    const code = isMiddle ? `nth(${value.js}, ${nth})` : nthOf(value.js, nth);
    const member = emitter.temp(code, ANY, { input: value.input });
    if (isMiddle) filtered(emitter, others, member, take);
    else take(member, "empty");
    return;
  }
  if (others.length === 0) {
    kept(emitter, value, predicate, (member) => take(member, "whole"));
    return;
  }
  // The next one goes by the places in what this one leaves.
  const js = emitter.name("f");
  emitter.line(`const ${js} = [];`);
  filterInto(emitter, value, predicate, js);
  filtered(emitter, others, { js, kinds: ARRAY, input: value.input }, take);
}

/** `[2]` where only a member that is there counts. */
function nthOf(js: string, nth: number): string {
  const at = nth < 0 ? `${js}.length - ${-nth}` : String(nth);
  const single = nth === 0 || nth === -1 ? js : "undefined";
  return `Array.isArray(${js}) ? ${js}.length > ${nth < 0 ? -nth - 1 : nth} ? ${js}[${at}] : undefined : ${single}`;
}

import { type Emitter, VALUE } from "./emitter.ts";
import type { Context } from "./kind.ts";
import { namePath } from "./name.ts";
import type { Node } from "./node.ts";
import type { Reached } from "./reached.ts";
import { isOnce, middleStep, once } from "./step.ts";
import { firstStreamed } from "./stream.ts";

export interface Loops {
  readonly reached: Reached;
  readonly steps: readonly Node[];
}

/**
 * The last steps of a path as loops within each other, and what those before them reach; undefined where that cannot
 * be, as with a path that something follows.
 */
export function inLoops(emitter: Emitter, node: Node, context: Context): Loops | undefined {
  if (node.type !== "path" || emitter.program.cons || node.group !== undefined) return undefined;
  const steps = node.steps as readonly Node[];
  // A list kept, and one member of what was sorted, are values of their own.
  if (steps.some((step) => step.tuple === true || (step.type === "sort" && step.stages !== undefined)))
    return undefined;
  const [start] = steps as readonly [Node];
  const isVariable = isOnce(start, true);
  const isName =
    start.type === "name" && start.stages === undefined && steps.length > 1 && context.many !== true;
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

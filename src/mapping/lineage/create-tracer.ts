import { callOne } from "./call.ts";
import { anything, evaluate } from "./evaluate.ts";
import type { Read, TraceNode, Tracer } from "./tracer.ts";
import { ALWAYS, deepSources, either, UNKNOWN, union, type Value, value } from "./value.ts";

/** Steps of the analysis of one mapping; functions that call each other could go on for ever. */
const STEP_LIMIT = 50_000;
const CALL_DEPTH = 24;

/** Evaluates a mapping over all records at once. `reads` takes every place of the input that is named. */
export function createTracer(root: Value, reads: (read: Read) => void): Tracer {
  const ids = new Map<string, string>();
  let steps = 0;
  let depth = 0;
  const tracer: Tracer = {
    root,
    read: reads,
    unique: () => `#${ids.size}.${steps++}`,
    id(description) {
      const known = ids.get(description);
      if (known !== undefined) return known;
      const id = description.length <= 80 ? description : `~${ids.size}`;
      ids.set(description, id);
      return id;
    },
    evaluate(node, at) {
      if (++steps > STEP_LIMIT) return anything(tracer, at);
      const found = evaluate(tracer, node as TraceNode, at);
      return found.presence.is !== "always" && at.facts.has(found.id)
        ? { ...found, presence: ALWAYS }
        : found;
    },
    call(functions, args, node, at) {
      if (functions.length === 0 || depth >= CALL_DEPTH) return widened(tracer, args);
      depth++;
      try {
        const results = functions.map((fn) => callOne(tracer, fn, args, node, at));
        return results.slice(1).reduce((all, one) => either(tracer.unique(), all, one), results[0] as Value);
      } finally {
        depth--;
      }
    },
  };
  return tracer;
}

/** The result of a function that is not known: any of its arguments, or something made of them. */
function widened(tracer: Tracer, args: readonly Value[]): Value {
  const from = union(...args.map((arg) => deepSources(arg)));
  return value(tracer.unique(), { from, presence: UNKNOWN, many: "unknown" });
}

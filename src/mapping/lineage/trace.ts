import type { Place } from "../../message/place.ts";
import type { AstNode } from "../ast.ts";
import { parseMapping } from "../parse.ts";
import { createTracer } from "./create-tracer.ts";
import { nodePlace } from "./node-place.ts";
import { inner } from "./scope.ts";
import { pathText, type SourceRef, type SourceShape } from "./source.ts";
import { type TargetField, targetsOf } from "./target.ts";
import type { Read } from "./tracer.ts";
import { NO_FACTS, UNKNOWN, type Value, value } from "./value.ts";

/** A place of the input that a mapping reads. */
export interface SourcePath {
  // Of the form `/lines/*/qty`: `*` is an item of an array, `**` anything at or below. Only a schema tells of arrays.
  readonly path: string;
  readonly place: Place;
}

/** How values flow through a mapping. */
export interface Lineage {
  /** What is read, in the order of the mapping; a path several times when it is read at several places. */
  readonly paths: readonly SourcePath[];
  readonly targets: readonly TargetField[];
}

export interface TraceOptions {
  readonly path: string;
  /** What is known of the input: its schema. */
  readonly shape?: SourceShape | null;
  /** Expressions over the same input that have given a value before this one runs, such as the key. */
  readonly given?: readonly string[];
}

/** A mapping with all that its analysis found, for those who judge it. */
export interface Trace extends Lineage {
  readonly text: string;
  readonly path: string;
  readonly root: AstNode;
  readonly result: Value;
  readonly reads: readonly Read[];
}

/**
 * Follows every value of a mapping from the input to the result. One that is nested too deeply to be followed reads
 * everything and makes everything of it. @throws HubError TL_MAPPING_INVALID
 */
export function traceMapping(text: string, options: TraceOptions): Trace {
  const { root } = parseMapping(text, options.path);
  try {
    return follow(text, root, options);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const ref: SourceRef = { steps: [], below: true, shape: null };
    const result = value("$", { refs: [ref], presence: UNKNOWN, many: "unknown" });
    const start: AstNode = { type: "value", position: 0 };
    return traced(text, root, options.path, result, [{ ref, node: start, through: false, missingIn: null }]);
  }
}

function follow(text: string, root: AstNode, options: TraceOptions): Trace {
  const reads: Read[] = [];
  let isGiven = true;
  const shape = options.shape ?? null;
  const input = value("$", { refs: [{ steps: [], below: false, shape }] });
  const tracer = createTracer(input, (read) => {
    if (!isGiven) reads.push(read);
  });
  const at = { focus: input, scope: inner(null), facts: NO_FACTS, certain: true };
  const facts = new Set<string>();
  for (const given of options.given ?? []) {
    for (const fact of tracer.evaluate(parseMapping(given, options.path).root, at).whenPresent)
      facts.add(fact);
  }
  isGiven = false;
  const result = tracer.evaluate(root, { ...at, scope: inner(null), facts });
  return traced(text, root, options.path, result, reads);
}

function traced(text: string, root: AstNode, path: string, result: Value, reads: readonly Read[]): Trace {
  const source = { path, text };
  return {
    ...source,
    root,
    result,
    reads,
    paths: pathsOf(reads, source),
    targets: targetsOf(result, source),
  };
}

function pathsOf(
  reads: readonly Read[],
  source: { readonly path: string; readonly text: string },
): SourcePath[] {
  const found = new Map<string, SourcePath>();
  for (const { ref, node, through } of reads) {
    if (through) continue;
    const path = pathText(ref);
    const place = nodePlace(node, source);
    const key = `${path} ${place.line}:${place.column}`;
    if (!found.has(key)) found.set(key, { path, place });
  }
  return [...found.values()].sort(
    (left, right) =>
      (left.place.line ?? 0) - (right.place.line ?? 0) ||
      (left.place.column ?? 0) - (right.place.column ?? 0),
  );
}

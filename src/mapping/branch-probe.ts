import type { Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import { type AstNode, nodesOf } from "./ast.ts";
import { toPlainJson } from "./border.ts";
import { registerFunctions } from "./helper.ts";
import type { HostFunctions } from "./host-function.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { nodePlace } from "./lineage/node-place.ts";
import type { TraceNode } from "./lineage/tracer.ts";
import { refuseUnsafe } from "./lint.ts";
import { parseMapping } from "./parse.ts";
import { enableLinearRegex } from "./regex-guard.ts";
import { startWatch } from "./watch.ts";

/** A place where a mapping goes one way or the other. */
export interface Branch {
  /** `? :`, `??`, `?:`, or `[…]` that keeps an item or drops it. */
  readonly kind: "condition" | "coalesce" | "default" | "filter";
  readonly place: Place;
  /** How often it was true, or had a value; and how often not. */
  yes: number;
  no: number;
}

/** A mapping that counts which way it goes. It is slower than the compiled one and gives the same results. */
export interface BranchProbe {
  readonly branches: readonly Branch[];
  /** Evaluates over one input and counts. @throws what the library throws; ask the compiled mapping for the reason */
  run(input: Json, bindings: Readonly<Record<string, Json>>): Json | undefined;
}

/** No mapping can write a variable of this name. */
const PROBE = " probe";

/** Counting changes no result, but it takes time of its own. */
const DEADLINE_MS = 5_000;

/**
 * Wraps each question of the syntax tree in a call that notes the answer and hands it on. The branches themselves stay
 * as they are, so that scopes and tail calls do too.
 * @param functions those that the mapping is compiled with
 * @throws HubError TL_MAPPING_INVALID
 */
export function probeBranches(text: string, path: string, functions: HostFunctions): BranchProbe {
  enableLinearRegex();
  const { expression, root } = parseMapping(text, path);
  refuseUnsafe(root, text, path, Object.keys(functions));
  registerFunctions(expression, functions);
  const branches: Branch[] = [];
  const asked = (test: AstNode, kind: Branch["kind"]): AstNode => {
    const place = nodePlace(kind === "coalesce" ? (test.arguments?.[0] ?? test) : test, { text, path });
    branches.push({ kind, place, yes: 0, no: 0 });
    return probe(test, branches.length - 1);
  };
  for (const node of nodesOf(root) as readonly TraceNode[]) wrap(node, text, asked);
  expression.registerFunction(PROBE, function (this: unknown, index: number, answer: unknown) {
    const branch = branches[index];
    // A filter behind nothing is asked once, for no item.
    const isIdle = branch?.kind === "filter" && (this as { input?: unknown }).input === undefined;
    if (branch !== undefined && !isIdle) branch[isTrue(answer) ? "yes" : "no"]++;
    return answer;
  });
  return {
    branches,
    run(input, bindings) {
      startWatch({ ...DEFAULT_LIMITS, deadline: DEADLINE_MS });
      return toPlainJson(expression.evaluate(input, bindings));
    },
  };
}

function wrap(node: TraceNode, text: string, asked: (test: AstNode, kind: Branch["kind"]) => AstNode): void {
  if (node.type === "condition" && node.condition !== undefined) {
    const kind = kindOf(node, text);
    (node as { condition: AstNode }).condition = asked(node.condition, kind);
  }
  for (const stage of [...(node.stages ?? []), ...(node.predicate ?? [])] as {
    type: string;
    expr?: AstNode;
  }[]) {
    // A number is an index, which the library tells by its node.
    if (stage.type !== "filter" || stage.expr === undefined || stage.expr.type === "number") continue;
    stage.expr = asked(stage.expr, "filter");
  }
}

/** The library reads `a ?: b` as `a ? a : b`, and `a ?? b` as `$exists(a) ? a : b`, with `a` from one place. */
function kindOf({ condition, then }: TraceNode, text: string): Branch["kind"] {
  if (condition === undefined || then === undefined) return "condition";
  const start = (node: AstNode): string => JSON.stringify(nodePlace(node, { text, path: "" }));
  if (start(condition) !== start(then)) return "condition";
  return condition.procedure?.value === "exists" && condition.procedure.position === undefined
    ? "coalesce"
    : "default";
}

function probe(test: AstNode, index: number): AstNode {
  return {
    type: "function",
    value: "(",
    position: test.position,
    procedure: { type: "variable", value: PROBE, position: test.position },
    arguments: [{ type: "number", value: index }, test],
  } as AstNode;
}

/** What a condition goes by, as `$boolean` has it; a number in a filter is an item's place, which keeps that item. */
function isTrue(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer.some(isTrue);
  if (typeof answer === "object" && answer !== null) return Object.keys(answer).length > 0;
  return typeof answer !== "function" && Boolean(answer);
}

import { type AstNode, calledName } from "./ast.ts";
import type { TraceNode } from "./lineage/tracer.ts";

/**
 * Where nodes stand whose being nothing the mapping provides for: before `??`, `?:` or `?`, in `$exists`, or beside `=`
 * or `in`, which nothing never equals; there themselves, by a variable, or as the result of a function of the mapping.
 * Scopes are not looked at: a name that is tested once counts as tested. Told by position, since the library's tree has
 * what stands before `??` twice.
 */
export function testedPositions(nodes: readonly TraceNode[]): ReadonlySet<number> {
  const tested = new Set<number>();
  const names = new Set<unknown>();
  const add = (node: AstNode | undefined): void => {
    for (const one of node === undefined ? [] : resultsOf(node)) {
      if (one.position !== undefined) tested.add(one.position);
      if (one.type === "variable") names.add(one.value);
      const called = calledName(one);
      if (called !== undefined) names.add(called);
    }
  };
  for (const node of nodes) {
    if (node.type === "condition") add(node.condition);
    if (calledName(node) === "exists") add(node.arguments?.[0]);
    if (node.type === "binary" && ["=", "in"].includes(String(node.value))) {
      add(node.lhs as AstNode);
      add(node.rhs);
    }
  }
  // What a variable is bound to stands before it in the text, so the last ones come first.
  for (const node of [...nodes].reverse()) {
    if (node.type !== "bind" || !names.has((node.lhs as AstNode).value)) continue;
    const { rhs } = node as { readonly rhs?: TraceNode };
    add(rhs?.type === "lambda" ? rhs.body : rhs);
  }
  return tested;
}

/** The node, and those that its value is taken from as it is. */
function resultsOf(node: TraceNode): readonly AstNode[] {
  return [node, ...partsOf(node).flatMap((part) => (part === undefined ? [] : resultsOf(part)))];
}

function partsOf(node: TraceNode): readonly (AstNode | undefined)[] {
  switch (node.type) {
    case "block":
      return [node.expressions?.at(-1)];
    case "condition":
      return [node.then, node.else];
    case "bind":
      return [node.rhs];
    case "path":
      return [node.steps?.at(-1)];
    case "lambda":
      return node.thunk === true ? [node.body] : [];
    default:
      return [];
  }
}

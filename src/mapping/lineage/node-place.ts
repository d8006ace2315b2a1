import type { Place } from "../../message/place.ts";
import type { AstNode } from "../ast.ts";
import { keyStart } from "../locate-pair.ts";
import { placeAt, tokenStart } from "../position.ts";
import type { TraceNode } from "./tracer.ts";

/** Where an expression begins in its text. */
export function nodePlace(
  node: AstNode,
  { text, path }: { readonly text: string; readonly path: string },
): Place {
  return placeAt(text, nodeStart(node, text), path);
}

function nodeStart(node: TraceNode, text: string): number {
  const first = leading(node);
  if (first !== undefined) return nodeStart(first, text);
  const end = node.position ?? 0;
  if (node.type === "number") return end - numberToken(node, text).length;
  if (node.type === "string" || text.charAt(end - 1) === "`") return keyStart(text, node);
  if (node.type === "name" && /["']/.test(text.charAt(end - 1))) return keyStart(text, node);
  return tokenStart(text, end, String(node.value ?? ""));
}

/** The part that an expression begins with, when that is not its own token. */
function leading(node: TraceNode): AstNode | undefined {
  if (node.type === "path") return node.steps?.[0];
  if (node.type === "function" || node.type === "partial")
    return node.position === undefined ? node.arguments?.[0] : node.procedure;
  if (node.type === "condition") return node.condition;
  if ((node.type === "binary" || node.type === "apply" || node.type === "bind") && !Array.isArray(node.lhs))
    return node.lhs as AstNode;
  return undefined;
}

/** A number as it is written, which may have more digits than its value. */
export function numberToken({ position }: AstNode, text: string): string {
  return /(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.exec(text.slice(0, position))?.[0] ?? "";
}

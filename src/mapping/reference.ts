import type { Json } from "../message/json.ts";
import { type AstNode, nodesOf } from "./ast.ts";
import { copyJson } from "./border.ts";
import type { Evaluation } from "./compiler/native.ts";
import { registerFunctions } from "./helper.ts";
import type { HostFunctions } from "./host-function.ts";
import { refuseUnsafe } from "./lint.ts";
import { parseMapping } from "./parse.ts";

/**
 * The mapping as the guarded library interprets it: for what is not compiled, and for the place of some failures.
 * @throws HubError TL_MAPPING_INVALID
 */
export function referenceEvaluation(
  text: string,
  path: string,
  functions: HostFunctions,
): { readonly evaluate: Evaluation; readonly root: AstNode } {
  const { expression, root } = parseMapping(text, path);
  refuseUnsafe(root, text, path, Object.keys(functions));
  registerFunctions(expression, functions);
  // The one operator that writes: `$$` in its pattern leads out of the copy it makes.
  const mayWrite = nodesOf(root).some((node) => node.type === "transform");
  const own = <T extends Json | undefined>(value: T): T =>
    mayWrite && value !== undefined ? (copyJson(value as Json) as T) : value;
  const evaluate: Evaluation = (input, bindings) =>
    expression.evaluate(own(input), own(bindings as Json | undefined) as never);
  return { evaluate, root };
}

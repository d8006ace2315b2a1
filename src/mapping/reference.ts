import type { Json } from "../message/json.ts";
import { type AstNode, nodesOf } from "./ast.ts";
import { copyJson } from "./border.ts";
import type { Evaluation } from "./compiler/native.ts";
import { registerFunctions } from "./helper.ts";
import type { HostFunctions } from "./host-function.ts";
import { refuseUnsafe } from "./lint.ts";
import { parseMapping } from "./parse.ts";
import { Suspended } from "./suspended.ts";

/**
 * The mapping as the guarded library interprets it: for what is not compiled, and for the place of some failures.
 * @throws HubError TL_MAPPING_INVALID
 */
export function referenceEvaluation(
  text: string,
  path: string,
  functions: HostFunctions,
  lenient = false,
): { readonly evaluate: Evaluation; readonly root: AstNode } {
  const { expression, root } = parseMapping(text, path);
  if (!lenient) refuseUnsafe(root, text, path, Object.keys(functions));
  const carried = Object.entries(functions).map(([name, one]) => [
    name,
    { ...one, call: carrying(one.call as Call) },
  ]);
  registerFunctions(expression, Object.fromEntries(carried) as HostFunctions);
  // The one operator that writes: `$$` in its pattern leads out of the copy it makes.
  const mayWrite = nodesOf(root).some((node) => node.type === "transform");
  const own = <T extends Json | undefined>(value: T): T =>
    mayWrite && value !== undefined ? (copyJson(value as Json) as T) : value;
  const evaluate: Evaluation = (input, bindings) => {
    try {
      return expression.evaluate(own(input), own(bindings as Json | undefined) as never);
    } catch (thrown) {
      throw thrown instanceof Carrier ? thrown.suspended : thrown;
    }
  };
  return { evaluate, root };
}

/** Brings a marker of the host through the library, which writes the place of a failure into what it catches. */
class Carrier extends Error {
  override readonly name = "Carrier";
  readonly suspended: Suspended;

  constructor(suspended: Suspended) {
    super(suspended.message);
    this.suspended = suspended;
  }
}

type Call = (...args: unknown[]) => unknown;

function carrying(call: Call): Call {
  const carried: Call = (...args) => {
    try {
      return call(...args);
    } catch (thrown) {
      throw thrown instanceof Suspended ? new Carrier(thrown) : thrown;
    }
  };
  // The library offers a function as many arguments as it has parameters.
  return Object.defineProperty(carried, "length", { value: call.length });
}

import type jsonata from "jsonata";
import type { Json } from "../message/json.ts";
import { nodesOf } from "./ast.ts";
import { copyJson, toPlainJson } from "./border.ts";
import { type Source, toMappingError } from "./failure.ts";
import { registerHelpers } from "./helper.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { refuseUnsafe } from "./lint.ts";
import type { Mapping } from "./mapping.ts";
import { parseMapping } from "./parse.ts";
import { enableLinearRegex } from "./regex-guard.ts";
import { Stop, startWatch } from "./watch.ts";

export interface MappingOptions {
  /** Path of the file, or `flow.yaml#key`. */
  readonly path: string;
  /** What one evaluation may use; each is the default of limits.ts unless set. */
  readonly limits?: Partial<Limits>;
}

type Bindings = Readonly<Record<string, Json>>;

/**
 * Compiles a mapping. Its evaluations never change the input, share nothing with each other, and end within the
 * limits; see README.md for what each limit covers.
 * @throws HubError TL_MAPPING_INVALID with line and column
 */
export function compileMapping(text: string, options: MappingOptions): Mapping {
  enableLinearRegex();
  const { path } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { expression, root } = parseMapping(text, path);
  refuseUnsafe(root, text, path);
  registerHelpers(expression);
  const source = { path, text, root };
  const run = runner(expression, source, limits);
  return { path, text, evaluate: run };
}

type Run = (input: Json, bindings?: Bindings) => Json | undefined;

function runner(expression: jsonata.Expression, source: Source, limits: Limits): Run {
  // The one operator that writes: `$$` in its pattern leads out of the copy it makes.
  const mayWrite = nodesOf(source.root).some((node) => node.type === "transform");
  const own = <T extends Json>(value: T): T => (mayWrite ? copyJson(value) : value);
  const once = (input: Json, bindings: Bindings | undefined): Json | undefined => {
    startWatch(limits);
    return toPlainJson(expression.evaluate(own(input), bindings === undefined ? undefined : own(bindings)));
  };
  return (input, bindings) => {
    try {
      return once(input, bindings);
    } catch (thrown) {
      if (!(thrown instanceof Stop) || thrown.reason !== "time") throw toMappingError(thrown, source);
    }
    // Once more before the record is blamed: a busy machine can use up any deadline.
    try {
      return once(input, bindings);
    } catch (thrown) {
      throw toMappingError(thrown, source);
    }
  };
}

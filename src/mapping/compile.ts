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
import { inTurn, settled } from "./turn.ts";
import { Stop, startWatch, stopWatch } from "./watch.ts";

export interface MappingOptions {
  /** Path of the file, or `flow.yaml#key`. */
  readonly path: string;
  /** Milliseconds one evaluation may take; 25 unless set. */
  readonly deadline?: number;
  /** Members of one array and values of one result; a million unless set. */
  readonly sequenceLimit?: number;
  /** UTF-16 units of one text the mapping builds; 1 Mi unless set. */
  readonly textLimit?: number;
  /** Nested or pending steps; 10,000 unless set. */
  readonly depthLimit?: number;
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
  const limits = limitsOf(options);
  const { expression, root } = parseMapping(text, path);
  refuseUnsafe(root, text, path);
  registerHelpers(expression);
  const source = { path, text, root };
  const run = runner(expression, source, limits);
  return { path, text, evaluate: (input, bindings) => inTurn(() => run(input, bindings)) };
}

function limitsOf({ deadline, sequenceLimit, textLimit, depthLimit }: MappingOptions): Limits {
  return {
    deadline: deadline ?? DEFAULT_LIMITS.deadline,
    sequence: sequenceLimit ?? DEFAULT_LIMITS.sequence,
    text: textLimit ?? DEFAULT_LIMITS.text,
    depth: depthLimit ?? DEFAULT_LIMITS.depth,
  };
}

type Run = (input: Json, bindings: Bindings | undefined, again?: boolean) => Promise<Json | undefined>;

function runner(expression: jsonata.Expression, source: Source, limits: Limits): Run {
  // The one operator that writes: `$$` in its pattern leads out of the copy it makes.
  const mayWrite = nodesOf(source.root).some((node) => node.type === "transform");
  const own = <T extends Json>(value: T): T => (mayWrite ? copyJson(value) : value);
  return async function run(input, bindings, again = false): Promise<Json | undefined> {
    startWatch(limits);
    try {
      const result: unknown = await expression.evaluate(
        own(input),
        bindings === undefined ? undefined : own(bindings),
      );
      return toPlainJson(result);
    } catch (thrown) {
      // The library evaluates the members of an object side by side: the others must end before anything else starts.
      stopWatch();
      await settled();
      // Once more, alone, before the record is blamed: a busy machine can use up any deadline.
      if (!again && thrown instanceof Stop && thrown.reason === "time") return run(input, bindings, true);
      throw toMappingError(thrown, source);
    }
  };
}

import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type AstNode, nodesOf } from "./ast.ts";
import { copyJson, NotJson, toPlainJson } from "./border.ts";
import { type Evaluation, nativeEvaluation } from "./compiler/native.ts";
import { type Source, toMappingError } from "./failure.ts";
import type { HostFunctions } from "./host-function.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { traceMapping } from "./lineage/trace.ts";
import type { Mapping, Unsupported } from "./mapping.ts";
import { placeAt } from "./position.ts";
import { referenceEvaluation } from "./reference.ts";
import { enableLinearRegex } from "./regex-guard.ts";
import { Suspended } from "./suspended.ts";
import { Stop, watched } from "./watch.ts";

export type { HostFunctions } from "./host-function.ts";

export interface MappingOptions {
  /** Path of the file, or `flow.yaml#key`. */
  readonly path: string;
  /** What one evaluation may use; each is the default of limits.ts unless set. */
  readonly limits?: Partial<Limits>;
  /** Functions beside those of JSONata and the hub, by name without the dollar sign. */
  readonly functions?: HostFunctions;
  /** What cannot be compiled may be interpreted, at a fraction of the speed. */
  readonly allowFallback?: boolean;
  /** Takes what hubs refuse at load (lint.ts), as the library does: for comparing with it. No flow can ask for this. */
  readonly lenient?: boolean;
}

type Bindings = Readonly<Record<string, Json>>;

/**
 * Compiles a mapping to JavaScript. Its evaluations never change the input, share nothing with each other, and end
 * within the limits; see README.md for what each limit covers.
 * @throws HubError TL_MAPPING_INVALID with line and column
 */
export function compileMapping(text: string, options: MappingOptions): Mapping {
  enableLinearRegex();
  const { path, functions = {}, lenient = false } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const compiled = nativeEvaluation(text, path, functions, lenient);
  const unsupported = compiled.unsupported.map(({ position, construct }): Unsupported => {
    const { line = 1, column = 1 } = placeAt(text, position, path);
    return { line, column, construct };
  });
  const [first] = unsupported;
  if (first !== undefined && options.allowFallback !== true) throw notCompiled(first, path);
  const native = first === undefined;
  // Only what fails, and what is interpreted, needs the syntax tree and the library's own expression.
  const reference = lazily(() => referenceEvaluation(text, path, functions, lenient));
  const evaluate = native
    ? compiled.evaluate
    : (input: Json, bindings?: Bindings) => toPlainJson(reference().evaluate(input, bindings));
  const paths = lazily(() => traceMapping(text, { path }).paths);
  const repeatable = lazily(() => isRepeatable(reference().root));
  const source = { path, text, root: () => reference().root };
  return {
    path,
    text,
    get paths() {
      return paths();
    },
    native,
    unsupported,
    evaluate: guarded(evaluate as Evaluate, limits, source, reference),
    get repeatable() {
      return repeatable();
    },
    reference: compared(reference, limits, source),
    explain: () => (native ? "native" : `fallback: ${unsupported.map(describe).join(", ")}`),
  };
}

/** Its result hangs on nothing but the input; names that the mapping binds itself are counted all the same. */
function isRepeatable(root: AstNode): boolean {
  const chance = ["now", "millis", "random", "shuffle"];
  return !nodesOf(root).some(({ type, value }) => type === "variable" && chance.includes(String(value)));
}

type Evaluate = (input: Json, bindings?: Bindings) => Json | undefined;

interface LazySource {
  readonly path: string;
  readonly text: string;
  root(): AstNode;
}

type Reference = () => { readonly evaluate: Evaluation; readonly root: AstNode };

function guarded(evaluate: Evaluate, limits: Limits, source: LazySource, reference: Reference): Evaluate {
  const failed = (thrown: unknown, input: Json, bindings: Bindings | undefined): unknown => {
    if (thrown instanceof Suspended) return thrown;
    const found: Source = { path: source.path, text: source.text, root: source.root() };
    return toMappingError(thrown instanceof NotJson ? located(thrown, input, bindings) : thrown, found);
  };
  /** Where in the result the value is that JSON does not have: only the whole result can tell. */
  const located = (thrown: unknown, input: Json, bindings: Bindings | undefined): unknown => {
    try {
      watched(limits, () => toPlainJson(reference().evaluate(input, bindings)));
    } catch (again) {
      return again;
    }
    return thrown;
  };
  return (input, bindings) => {
    try {
      return watched(limits, () => evaluate(input, bindings));
    } catch (thrown) {
      if (!(thrown instanceof Stop) || thrown.reason !== "time") throw failed(thrown, input, bindings);
    }
    // Once more before the record is blamed: a busy machine can use up any deadline.
    try {
      return watched(limits, () => evaluate(input, bindings));
    } catch (thrown) {
      throw failed(thrown, input, bindings);
    }
  };
}

/** What the library makes of it. What it is given is shared with the evaluation it is compared with, so it is copied. */
function compared(reference: Reference, limits: Limits, source: LazySource): Evaluate {
  return (input, bindings = {}) => {
    try {
      return watched(limits, () => toPlainJson(reference().evaluate(copyJson(input), copyJson(bindings))));
    } catch (thrown) {
      throw toMappingError(thrown, { path: source.path, text: source.text, root: source.root() });
    }
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function describe({ line, column, construct }: Unsupported): string {
  return `${construct} at ${line}:${column}`;
}

function notCompiled(part: Unsupported, path: string): HubError {
  return new HubError("TL_MAPPING_INVALID", `${part.construct} cannot be compiled`, {
    place: { file: path, line: part.line, column: part.column },
    cure: "Write it in another way, or set `allowFallback: true` in flow.yaml: it is then interpreted, much more slowly.",
  });
}

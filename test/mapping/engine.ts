import { HubError } from "../../src/errors.ts";
import { compileMapping, type HostFunctions } from "../../src/mapping/compile.ts";
import type { Limits } from "../../src/mapping/limits.ts";
import type { Json } from "../../src/message/json.ts";

/** What a proof asks of the engine; everything it knows of the engine's own interface is in this file. */
export interface EngineOptions {
  readonly limits?: Partial<Limits>;
  /** Lifts what hub mappings may not do (`$eval`, look-around, unknown functions), and nothing else. */
  readonly unsafe?: boolean;
  readonly functions?: HostFunctions;
}

export interface EngineMapping {
  /** Compiled to JavaScript, as against interpreted by the reference library. */
  readonly native: boolean;
  /** @throws HubError */
  evaluate(input: unknown, bindings?: unknown): unknown;
}

/** Compiles as a flow does, with time enough that a busy machine fails nothing. @throws HubError */
export function openMapping(text: string, options: EngineOptions = {}): EngineMapping {
  const { limits, unsafe = false, functions = {} } = options;
  const mapping = compileMapping(text, {
    path: "m.jsonata",
    limits: { deadline: 10_000, ...limits },
    allowFallback: true,
    functions: unsafe ? { ...functions, eval: evalFunction(limits) } : functions,
    lenient: unsafe,
  });
  return {
    native: mapping.native,
    evaluate: (input, bindings) =>
      mapping.evaluate(input as Json, bindings as Readonly<Record<string, Json>> | undefined),
  };
}

/**
 * `$eval`, which hubs refuse, made of the same engine. @throws D3120 for a text that is no expression, D3121 for one that
 * fails, as the library does
 */
function evalFunction(limits: Partial<Limits> = {}): HostFunctions[string] {
  function run(this: { readonly input: Json }, text: string | undefined, focus?: Json): Json | undefined {
    if (text === undefined) return undefined;
    let inner: EngineMapping;
    try {
      inner = openMapping(text, { limits, unsafe: true });
    } catch {
      throw Object.assign(new Error("no expression"), { code: "D3120" });
    }
    try {
      return inner.evaluate(focus ?? this.input) as Json | undefined;
    } catch {
      throw Object.assign(new Error("it fails"), { code: "D3121" });
    }
  }
  return { call: run as HostFunctions[string]["call"], signature: "<sx?:x>" };
}

/** What the library calls a failure (`T2002`); one of our own where it has none. */
export function codeOf(thrown: unknown): string {
  if (!(thrown instanceof HubError)) return "not a HubError";
  return /^([A-Z]\d{4}): /.exec(thrown.message)?.[1] ?? `${thrown.code}: ${thrown.message}`;
}

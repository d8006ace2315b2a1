import { compileFunction } from "node:vm";
import type { Json } from "../../message/json.ts";
import type { HostFunctions } from "../host-function.ts";
import { refuseUnsafe } from "../lint.ts";
import { parseMapping } from "../parse.ts";
import type { Node } from "./emit/node.ts";
import { type GeneratedCode, generate, type UnsupportedPart } from "./program.ts";
import { runtimeWith } from "./runtime/index.ts";
import { type Native, signatureOf } from "./runtime/native.ts";

export type Evaluation = (input: Json, bindings?: Readonly<Record<string, Json>>) => unknown;

/** A mapping as code that runs. */
export interface NativeEvaluation {
  readonly evaluate: Evaluation;
  readonly unsupported: readonly UnsupportedPart[];
}

type Factory = (runtime: Readonly<Record<string, unknown>>) => Evaluation;

interface Compiled extends GeneratedCode {
  readonly factory: Factory;
}

const compiled = new Map<string, Compiled>();

/** @throws HubError TL_MAPPING_INVALID */
export function nativeEvaluation(text: string, path: string, functions: HostFunctions): NativeEvaluation {
  const names = Object.keys(functions).sort();
  const { factory, unsupported } = compiledText(text, path, names, []);
  const hosts = hostsOf(functions);
  const runtime = runtimeWith(hosts);
  const evaluate = factory(runtime);
  return { evaluate, unsupported };
}

function compiledText(
  text: string,
  path: string,
  functions: readonly string[],
  shadowed: readonly string[],
): Compiled {
  const key = JSON.stringify([text, functions, shadowed]);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const { root } = parseMapping(text, path);
  refuseUnsafe(root, text, path, functions);
  const generated = generate(root as unknown as Node, functions, shadowed);
  const factory = compileFunction(generated.code, ["runtime"], { filename: `${path}.js` }) as Factory;
  const made = { ...generated, factory };
  compiled.set(key, made);
  return made;
}

function hostsOf(functions: HostFunctions): ReadonlyMap<string, Native> {
  return new Map(
    Object.entries(functions).map(([name, { call, signature }]) => {
      const native = { name, implementation: call as unknown as Native["implementation"] };
      return [name, signature === undefined ? native : { ...native, signature: signatureOf(signature) }];
    }),
  );
}

import { compileFunction } from "node:vm";
import { type Factory, keep, keepMissing, kept } from "../../kept/store.ts";
import type { Json } from "../../message/json.ts";
import type { HostFunctions } from "../host-function.ts";
import { refuseUnsafe } from "../lint.ts";
import { parseMapping } from "../parse.ts";
import type { Node } from "./emit/node.ts";
import { FUNCTION_NAMES, generate, type UnsupportedPart } from "./program.ts";
import { runtimeWith } from "./runtime/index.ts";
import { type Native, signatureOf } from "./runtime/native.ts";

export type Evaluation = (input: Json, bindings?: Readonly<Record<string, Json>>) => unknown;

/** A mapping as code that runs. */
export interface NativeEvaluation {
  readonly evaluate: Evaluation;
  readonly unsupported: readonly UnsupportedPart[];
}

interface Compiled {
  readonly factory: Factory;
  /** Null when it came from the folder, or is not to be kept. */
  readonly code: string | null;
  readonly unsupported: readonly UnsupportedPart[];
}

/** A mapping to be compiled. `path` is for messages alone; the code hangs on all the rest. */
interface MappingText {
  readonly text: string;
  readonly path: string;
  /** The functions of the hub, by name. */
  readonly functions: readonly string[];
  /** Those of them, and of the built-ins, that the caller has variables of the same name for. */
  readonly shadowed: readonly string[];
  readonly lenient: boolean;
}

const compiled = new Map<string, Compiled>();

/** More mappings than a project has; what is tried and edited for weeks must not stay for ever. */
const MOST_COMPILED = 1_000;

/** @throws HubError TL_MAPPING_INVALID */
export function nativeEvaluation(
  text: string,
  path: string,
  functions: HostFunctions,
  lenient = false,
): NativeEvaluation {
  const names = Object.keys(functions).sort();
  const runtime = runtimeWith(hostsOf(functions));
  const mapping: MappingText = { text, path, functions: names, shadowed: [], lenient };
  const { factory, unsupported } = compiledText(mapping);
  const plain = factory(runtime) as Evaluation;
  const taken = new Set([...FUNCTION_NAMES, ...names]);
  const shadowing = new Map<string, Evaluation>();
  /** Where a variable of the caller has the name of a function, the variable counts. */
  const shadowed = (bindings: Readonly<Record<string, Json>>): Evaluation => {
    const own = Object.keys(bindings).filter((name) => taken.has(name));
    const known = shadowing.get(own.join());
    if (known !== undefined) return known;
    const made = compiledText({ ...mapping, shadowed: own }).factory(runtime) as Evaluation;
    shadowing.set(own.join(), made);
    return made;
  };
  const evaluate: Evaluation = (input, bindings) => {
    if (bindings !== undefined)
      for (const name in bindings) if (taken.has(name)) return shadowed(bindings)(input, bindings);
    return plain(input, bindings);
  };
  return { evaluate, unsupported };
}

/** From memory, from the folder of compiled code, or made now. */
function compiledText(mapping: MappingText): Compiled {
  const { text, functions, shadowed, lenient } = mapping;
  const key = JSON.stringify([text, functions, shadowed, ...(lenient ? ["lenient"] : [])]);
  const inMemory = compiled.get(key);
  if (inMemory !== undefined) {
    if (inMemory.code !== null) keepMissing(key, inMemory.code);
    return inMemory;
  }
  const made = keptText(key) ?? make(mapping);
  if (made.code !== null) keep(key, made.code);
  // The one that was made first goes first; who uses it still has it.
  const [oldest] = compiled.keys();
  if (compiled.size >= MOST_COMPILED && oldest !== undefined) compiled.delete(oldest);
  compiled.set(key, made);
  return made;
}

function keptText(key: string): Compiled | undefined {
  const factory = kept(key);
  return factory === undefined ? undefined : { factory, code: null, unsupported: [] };
}

function make({ text, path, functions, shadowed, lenient }: MappingText): Compiled {
  const { root } = parseMapping(text, path);
  if (!lenient) refuseUnsafe(root, text, path, functions);
  const { code, unsupported } = generate(root as unknown as Node, functions, shadowed);
  const factory = compileFunction(code, ["runtime"], { filename: `${path}.js` }) as Factory;
  return { factory, code: unsupported.length === 0 ? code : null, unsupported };
}

function hostsOf(functions: HostFunctions): ReadonlyMap<string, Native> {
  return new Map(
    Object.entries(functions).map(([name, { call, signature }]) => {
      const native = { name, implementation: call as unknown as Native["implementation"] };
      return [name, signature === undefined ? native : { ...native, signature: signatureOf(signature) }];
    }),
  );
}

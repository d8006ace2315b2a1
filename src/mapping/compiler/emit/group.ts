import { type Emitter, type Use, VALUE } from "./emitter.ts";
import { OBJECT, type Value } from "./kind.ts";
import type { Node } from "./node.ts";
import { deeper } from "./result.ts";

/** Pairs of an object constructor or of grouping. */
export type Pairs = readonly (readonly [Node, Node])[];

/** Grouping by keys that only the evaluation knows. */
export function grouping(
  emitter: Emitter,
  all: Pairs,
  input: { readonly js: string; readonly kinds: number; readonly input: boolean },
  position: number,
  use: Use,
): Value {
  const inside = deeper(emitter, use);
  const code = all.map(([key, value]) => {
    const keyIn = emitter.ofMember(input.input, (member) => emitter.evaluate(key, member, VALUE));
    const valueIn = emitter.ofMember(input.input, (member) => emitter.evaluate(value, member, inside));
    return `{ key: ${keyIn}, value: ${valueIn} }`;
  });
  return emitter.temp(`grouped(${input.js}, [${code.join(", ")}], ${position})`, OBJECT);
}

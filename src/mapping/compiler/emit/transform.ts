import { type Emitter, VALUE } from "./emitter.ts";
import { FUNCTION, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";

/** `|pattern|update, deletion|` as a function. */
export function transform(emitter: Emitter, node: Node): Value {
  const part = (inner: Node | undefined): string =>
    inner === undefined
      ? "undefined"
      : emitter.ofMember(false, (member) => emitter.evaluate(inner, member, VALUE));
  const { pattern, update, delete: deletion } = node;
  const positions = [at(node), at(update as Node), deletion === undefined ? 0 : at(deletion)];
  return emitter.temp(
    `transformer(${part(pattern)}, ${part(update)}, ${part(deletion)}, [${positions.join(", ")}])`,
    FUNCTION,
  );
}

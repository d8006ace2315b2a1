import { type Emitter, VALUE } from "./emitter.ts";
import { ANY, can, NOTHING, OBJECT, type Use, type Value } from "./kind.ts";
import type { Node } from "./node.ts";
import { iterate, type Reached } from "./reached.ts";
import { deeper } from "./result.ts";
import { isRead, isSafe, stream } from "./stream.ts";

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

/** Whether `path{ key: value }` is grouped in place: only the key may fail before there are groups. */
export function isGroupedInPlace(emitter: Emitter, node: Node, steps: readonly Node[]): boolean {
  const { group } = node;
  if (group === undefined || group.lhs.length !== 1 || emitter.program.cons) return false;
  const [[key]] = group.lhs as readonly [readonly [Node, Node]];
  // Without members there is no key: one that is read from nothing.
  return key.type === "path" && isRead(key) && steps.every((step) => isSafe(emitter, step));
}

/** Grouping of what steps find from what is reached, which comes from the input as it is. */
export function groupedInPlace(
  emitter: Emitter,
  node: Node,
  steps: readonly Node[],
  reached: Reached,
  use: Use,
): Value {
  const { lhs, position = 0 } = node.group as NonNullable<Node["group"]>;
  const [[named, value]] = lhs as readonly [readonly [Node, Node]];
  const groups = emitter.temp("new Groups()").js;
  const gather = (found: Reached): void => {
    emitter.mark(position);
    iterate(emitter, found, (member) => {
      const name = emitter.evaluate(named, member, VALUE);
      const list = emitter.temp(`${groups}.known.get(${name.js})`).js;
      emitter.line(
        `if (${list} !== undefined && !Array.isArray(${member.js}) && ${member.js} !== undefined) ${list}.push(${member.js});`,
      );
      emitter.line(
        `else if (${name.js} !== undefined) gather(${groups}, ${name.js}, ${member.js}, ${position});`,
      );
    });
  };
  if (steps.length === 0) gather(reached);
  else
    stream(emitter, steps, reached, VALUE, (found, form) =>
      gather({ form: form === "whole" ? "item" : "one", value: found }),
    );
  const js = emitter.temp("{}", OBJECT).js;
  const index = emitter.name("i");
  const data = emitter.name("x");
  emitter.line(`inOrder(${groups});`);
  emitter.line(`for (let ${index} = 0; ${index} < ${groups}.keys.length; ${index}++) {`);
  emitter.line("if (--meter.fuel < 0) look();");
  const key = emitter.temp(`${groups}.keys[${index}]`).js;
  emitter.line(`const ${data} = membersIn(${groups}, ${index});`);
  emitter.repeated(() => {
    const context = { ...emitter.context(data, ANY & ~NOTHING, true), many: true };
    const made = emitter.evaluate(value, context, deeper(emitter, use));
    const set = `{\nif (${key} === "__proto__") put(${js}, ${key}, ${made.js});\nelse ${js}[${key}] = ${made.js};\n}`;
    emitter.line(can(made.kinds, NOTHING) ? `if (${made.js} !== undefined) ${set}` : set);
  });
  emitter.line("}");
  if (use.result) emitter.line(`count(${groups}.keys.length);`);
  return { js, kinds: OBJECT, input: false, ...(use.result ? { final: true } : {}) };
}

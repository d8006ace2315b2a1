import { type Emitter, VALUE } from "./emitter.ts";
import { ANY, ARRAY, can, NUMBER, type Value } from "./kind.ts";
import type { Node } from "./node.ts";
import { truthOf } from "./operator.ts";

/** The number a predicate is, rounded down. */
export function literalIndex(predicate: Node): number | undefined {
  if (predicate.type !== "number" || typeof predicate.value !== "number") return undefined;
  return Math.floor(predicate.value) + 0;
}

/** Adds to an array the members of a value that a predicate keeps. */
export function filterInto(emitter: Emitter, value: Value, predicate: Node, target: string): void {
  kept(emitter, value, predicate, ({ js }) => emitter.line(`${target}.push(${js});`));
}

/** Takes the members of a value that a predicate keeps, each as often as it says. */
export function kept(emitter: Emitter, value: Value, predicate: Node, take: (member: Value) => void): void {
  const list = value.kinds === ARRAY ? value.js : emitter.temp(`listOf(${value.js})`).js;
  const index = emitter.name("i");
  const js = emitter.name("x");
  emitter.mark(predicate.position);
  emitter.line(`for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {`);
  emitter.line("if (--meter.fuel < 0) look();");
  emitter.line(`const ${js} = ${list}[${index}];`);
  emitter.repeated(() => {
    const member: Value = { js, kinds: ANY, input: value.input };
    const test = emitter.evaluate(predicate, emitter.context(js, ANY, value.input), VALUE);
    if (!can(test.kinds, NUMBER | ARRAY)) {
      emitter.line(`if (${truthOf(test)}) {`);
      emitter.branch(() => take(member));
    } else {
      const times = emitter.name("n");
      const count = `picks(${test.js}, ${index}, ${list}.length)`;
      emitter.line(`for (let ${times} = ${count}; ${times} > 0; ${times}--) {`);
      emitter.repeated(() => take(member));
    }
    emitter.line("}");
  });
  emitter.line("}");
}

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
  const list = value.kinds === ARRAY ? value.js : emitter.temp(`listOf(${value.js})`).js;
  const index = emitter.name("i");
  const item = emitter.name("x");
  emitter.mark(predicate.position);
  emitter.line(`for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {`);
  emitter.line("if (--meter.fuel < 0) look();");
  emitter.line(`const ${item} = ${list}[${index}];`);
  emitter.repeated(() => {
    const kept = emitter.evaluate(predicate, emitter.context(item, ANY, value.input), VALUE);
    if (!can(kept.kinds, NUMBER | ARRAY)) emitter.line(`if (${truthOf(kept)}) ${target}.push(${item});`);
    else {
      const times = emitter.name("n");
      emitter.line(
        `for (let ${times} = picks(${kept.js}, ${index}, ${list}.length); ${times} > 0; ${times}--) {`,
      );
      emitter.line(`${target}.push(${item});`);
      emitter.line("}");
    }
  });
  emitter.line("}");
}

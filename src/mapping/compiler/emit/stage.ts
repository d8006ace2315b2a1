import { type Emitter, VALUE } from "./emitter.ts";
import { filterInto, literalIndex } from "./filter.ts";
import { ANY, ARRAY, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";
import { listOfReached, type Reached } from "./reached.ts";

/** What a step found. */
export interface Found {
  /** An array of what the step gave for each member, or of the members themselves. */
  readonly js: string;
  readonly kinds: number;
  /** They are members already: nothing is left to put together. */
  readonly flat: boolean;
  readonly input: boolean;
  /** It is a value with its marks. */
  readonly marked?: boolean;
  /** Its members are parts of the result already. */
  readonly final?: boolean;
}

/** Predicates of a step. @returns whether what is pushed are members */
export function stages(emitter: Emitter, predicates: readonly Node[], value: Value, target: string): boolean {
  let current = value;
  for (const [index, stage] of predicates.entries()) {
    const isLast = index === predicates.length - 1;
    const predicate = stage.expr as Node;
    const nth = literalIndex(predicate);
    if (nth !== undefined) {
      current = emitter.temp(`nth(${current.js}, ${nth})`, ANY, { input: current.input });
      if (isLast) emitter.line(`${target}.push(${current.js});`);
      continue;
    }
    if (isLast) {
      filterInto(emitter, current, predicate, target);
      return true;
    }
    const next = emitter.name("f");
    emitter.line(`const ${next} = [];`);
    filterInto(emitter, current, predicate, next);
    current = { js: next, kinds: ARRAY, input: current.input };
  }
  return false;
}

/** `^(…)` of all that is reached. */
export function sorted(emitter: Emitter, step: Node, reached: Reached): Found {
  const list = listOfReached(emitter, reached);
  const input = reached.form === "list" ? reached.input : reached.form !== "context" && reached.value.input;
  const terms = (step.terms ?? []).map(({ descending, expression }) => {
    const key = emitter.ofMember(input, (member) => emitter.evaluate(expression, member, VALUE));
    return `{ descending: ${descending}, key: ${key} }`;
  });
  let js = emitter.temp(`ordered(${list}, [${terms.join(", ")}], ${at(step)})`).js;
  let marked = false;
  for (const stage of step.stages ?? []) {
    const predicate = stage.expr as Node;
    const nth = literalIndex(predicate);
    marked = nth !== undefined;
    if (marked) js = emitter.temp(`nthList(${js}, ${nth})`).js;
    else {
      const next = emitter.name("f");
      emitter.line(`const ${next} = [];`);
      filterInto(emitter, { js, kinds: ARRAY, input }, predicate, next);
      js = next;
    }
  }
  return { js, kinds: ANY, flat: true, input, marked };
}

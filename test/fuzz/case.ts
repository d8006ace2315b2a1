import { type Random, seeded } from "../faults/random.ts";
import { canBeCompared, type Written } from "./corpus.ts";
import { expression, oneOf } from "./grammar.ts";
import { input, mutated } from "./input.ts";
import { mutatedText } from "./mutate.ts";

/** Inputs for one expression: compiling costs the library more than one evaluation. */
export const INPUTS = 12;

/** One expression with its inputs; run `number * INPUTS + at` is the evaluation over `inputs[at]`. */
export interface FuzzCase {
  readonly number: number;
  readonly origin: "generated" | "corpus" | "mutated";
  readonly text: string;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly inputs: readonly unknown[];
}

/** The same for the same seed, number and corpus. */
export function caseOf(seed: number, number: number, corpus: readonly Written[]): FuzzCase {
  const random = seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
  const roll = random.int(10);
  if (roll < 7 || corpus.length === 0) {
    const inputs = Array.from({ length: INPUTS }, () => input(random));
    return { number, origin: "generated", text: expression(random), bindings: {}, inputs };
  }
  const written = oneOf(random, corpus);
  const changed = roll === 7 ? written.text : mutatedText(random, written.text);
  const isChanged = changed !== written.text && canBeCompared(changed);
  return {
    number,
    origin: isChanged ? "mutated" : "corpus",
    text: isChanged ? changed : written.text,
    bindings: written.bindings,
    inputs: inputsFor(random, written),
  };
}

function inputsFor(random: Random, { inputs }: Written): readonly unknown[] {
  return Array.from({ length: INPUTS }, (_, at) => {
    const original = oneOf(random, inputs);
    if (at === 0) return original;
    return original === undefined || random.int(6) === 0 ? input(random) : mutated(random, original);
  });
}

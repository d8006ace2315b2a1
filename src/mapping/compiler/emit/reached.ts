import type { Emitter } from "./emitter.ts";
import { ANY, ARRAY, type Context, can, NOTHING, type Value } from "./kind.ts";

/** What a path has reached: its context, what one step gave, or a list of members. */
export type Reached =
  | { readonly form: "context"; readonly context: Context }
  | { readonly form: "one"; readonly value: Value }
  /** A member, which is not many even when it is an array. */
  | { readonly form: "item"; readonly value: Value }
  | {
      readonly form: "list";
      readonly js: string;
      readonly input: boolean;
      /** An array that is a value of its own, which ends the path when it is empty. */
      readonly whole?: boolean;
    };

/** Goes through what is reached; `write` may run any number of times. */
export function iterate(emitter: Emitter, reached: Reached, write: (item: Context) => void): void {
  const index = emitter.name("i");
  const item = emitter.name("x");
  const loop = (count: string, member: string, input: boolean, kinds: number): void => {
    emitter.line(`for (let ${index} = 0; ${index} < ${count}; ${index}++) {`);
    emitter.line("if (--meter.fuel < 0) look();");
    emitter.line(`const ${item} = ${member};`);
    emitter.repeated(() => write(emitter.context(item, kinds, input)));
    emitter.line("}");
  };
  if (reached.form === "list") {
    loop(`${reached.js}.length`, `${reached.js}[${index}]`, reached.input, ANY);
    return;
  }
  if (reached.form === "item") {
    const { js, kinds, input } = reached.value;
    write(emitter.context(js, kinds, input));
    return;
  }
  const { js, kinds, input } = reached.form === "one" ? reached.value : reached.context;
  const isContext = reached.form === "context";
  if (!can(kinds, ARRAY)) {
    if (isContext) {
      emitter.line("{");
      emitter.branch(() => write(reached.context));
    } else {
      emitter.line(can(kinds, NOTHING) ? `if (${js} !== undefined) {` : "{");
      emitter.branch(() => write(emitter.context(js, kinds & ~NOTHING, input)));
    }
    emitter.line("}");
    return;
  }
  const isList = emitter.name("a");
  const test = emitter.program.cons && !isContext && !input ? `isList(${js})` : `Array.isArray(${js})`;
  emitter.line(`const ${isList} = ${test};`);
  const single = isContext || !can(kinds, NOTHING) ? "1" : `${js} === undefined ? 0 : 1`;
  const count = emitter.name("n");
  emitter.line(`const ${count} = ${isList} ? ${js}.length : ${single};`);
  loop(count, `${isList} ? ${js}[${index}] : ${js}`, input, ANY);
}

/** What is reached as a list. */
export function listOfReached(emitter: Emitter, reached: Reached): string {
  if (reached.form === "list") return reached.js;
  const { js } = reached.form === "context" ? reached.context : reached.value;
  if (reached.form === "context") return emitter.temp(`Array.isArray(${js}) ? ${js} : [${js}]`).js;
  return emitter.temp(`${js} === undefined ? [] : isList(${js}) ? ${js} : [${js}]`).js;
}

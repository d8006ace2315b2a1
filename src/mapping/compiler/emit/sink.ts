import type { Emitter } from "./emitter.ts";
import { ARRAY, can, ENDLESS, FUNCTION, NOTHING, type Use, type Value } from "./kind.ts";
import type { Loops } from "./loops.ts";
import { stream } from "./stream.ts";

/** What a path comes to, as a value: nothing, its only member, or a list of them. */
export function gathered(emitter: Emitter, { steps, reached }: Loops, use: Use): Value {
  const js = emitter.name("v");
  const count = emitter.name("n");
  emitter.line(`let ${js};`);
  emitter.line(`let ${count} = 0;`);
  let kinds = 0;
  let input = true;
  let many = false;
  stream(emitter, steps, reached, use, (value, form) => {
    kinds = value.kinds;
    input = value.input;
    many = form !== "whole" && can(kinds, ARRAY);
    const second = many ? `both(${js}, ${value.js})` : `[${js}, ${value.js}]`;
    const next = many ? `more(${js}, ${value.js})` : `${js}.push(${value.js})`;
    const isThere = form === "members" && can(kinds, NOTHING) ? `if (${value.js} !== undefined) ` : "";
    emitter.line(`${isThere}{`);
    emitter.line(
      `if (++${count} === 1) ${js} = ${value.js};\nelse if (${count} === 2) ${js} = ${second};\nelse ${next};`,
    );
    emitter.line("}");
  });
  const { unmarked } = emitter.program;
  const plain = unmarked || use.result;
  if (many || !plain) emitter.line(`if (${count} > 1) ${js} = ${plain ? "plainMade" : "made"}(${js});`);
  if (use.result) emitter.line(`if (${count} > 1) counted(${js});`);
  else if (many && !input)
    emitter.line(
      `if (${count} === 1 && Array.isArray(${js})) ${js} = ${unmarked ? "lastUnmarked" : "last"}([${js}]);`,
    );
  const all = kinds | ARRAY | NOTHING;
  if (!use.result) return { js, kinds: all, input };
  return { js, kinds: all & ~(FUNCTION | ENDLESS), input: false, final: true };
}

/** The same as a list of its own, as `[…]` makes it. */
export function listed(emitter: Emitter, { steps, reached }: Loops, use: Use): Value {
  const js = emitter.name("f");
  emitter.line(`let ${js} = [];`);
  const { buffer } = emitter;
  const slot = buffer.length;
  emitter.line("");
  // What is opened once more when it is all there is.
  let single: string | undefined;
  stream(emitter, steps, reached, use, (value, form) => {
    const push = `${js}.push(${value.js});`;
    const isThere = form === "whole" || !can(value.kinds, NOTHING) ? "" : `if (${value.js} !== undefined) `;
    if (form === "whole" || !can(value.kinds, ARRAY)) {
      emitter.line(`${isThere}${push}`);
      if (form === "whole") single = `${js}.length === 1`;
      return;
    }
    const arrays = emitter.name("n");
    buffer[slot] = `let ${arrays} = 0;`;
    single = `${arrays} > 1 && ${js}.length === 1`;
    const times = use.result || value.input ? "1" : `isSequence(${value.js}) ? 2 : 1`;
    emitter.line(`if (Array.isArray(${value.js})) {`);
    emitter.line(`${arrays} += ${times};`);
    emitter.line(`pushAll(${js}, ${value.js});`);
    emitter.line(`} else ${isThere}${push}`);
    if (form === "empty") emitter.line(`else ${arrays}++;`);
  });
  if (single !== undefined) emitter.line(`if (${single}) ${js} = opened(${js});`);
  return { js, kinds: ARRAY, input: false };
}

import { RESULT_DEPTH } from "../../limits.ts";
import { type Emitter, VALUE } from "./emitter.ts";
import { ARRAY, can, ENDLESS, FUNCTION, NOTHING, OBJECT, type Use, type Value } from "./kind.ts";

/** A value of the mapping as it is used: as part of the result it must be JSON of its own. */
export function used(emitter: Emitter, given: Value, use: Use): Value {
  const value = openedAgain(emitter, given, use.again ?? 0);
  if (!use.result || value.final === true) return value;
  if (can(value.kinds, OBJECT | ARRAY | FUNCTION)) {
    // Outside of loops the texts of a result are as many as the mapping has places, so they need no counting.
    const { js, kinds } = value;
    const text = emitter.loops > 0 ? `(meter.texts += ${js}.length, ${js})` : js;
    const isPlain = `${js} === undefined || (typeof ${js} === "number" && ${js} - ${js} === 0)`;
    const whole = emitter.marked(`out(${js}, ${use.depth})`);
    return emitter.temp(
      `typeof ${js} === "string" ? ${text} : ${isPlain} ? ${js} : ${whole}`,
      kinds & ~(FUNCTION | ENDLESS),
    );
  }
  if (can(value.kinds, ENDLESS)) return emitter.temp(`outNumber(${value.js})`, value.kinds & ~ENDLESS);
  return value;
}

function openedAgain(emitter: Emitter, value: Value, times: number): Value {
  if (times === 0 || value.input || value.final === true || !can(value.kinds, ARRAY)) return value;
  let code = value.js;
  for (let time = 0; time < times; time++) code = `norm(${code})`;
  return { ...value, ...emitter.temp(code, value.kinds | NOTHING) };
}

/** A value as it is read by a name: each reading opens a sequence of one once more. */
export function named(emitter: Emitter, value: Value): Value {
  return openedAgain(emitter, value, 1);
}

/** A use of a value that a construct hands on as it is. */
export function handedOn(use: Use): Use {
  return { ...use, again: (use.again ?? 0) + 1 };
}

/** An open sequence as a value. */
export function closed(emitter: Emitter, value: Value): Value {
  if (value.open !== true) return value;
  const { open: _open, ...rest } = value;
  return { ...rest, ...emitter.temp(`norm(${value.js})`, value.kinds | NOTHING, { input: value.input }) };
}

/** One level further down. */
export function deeper(emitter: Emitter, use: Use): Use {
  if (use.result && use.depth === RESULT_DEPTH + 1) emitter.line("tooDeep();");
  return use.result ? { result: true, depth: use.depth + 1 } : VALUE;
}

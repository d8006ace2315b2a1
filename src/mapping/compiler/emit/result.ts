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
  if (times === 0 || !isNested(emitter, value)) return value;
  let code = value.js;
  for (let time = 0; time < times; time++) code = `norm(${code})`;
  return { ...value, ...emitter.temp(code, value.kinds | NOTHING) };
}

/** Whether it may be a sequence of one after it was opened. */
function isNested(emitter: Emitter, value: Value): boolean {
  return emitter.program.nested && !value.input && value.final !== true && can(value.kinds, ARRAY);
}

/** A value that a construct hands on: that construct opens it once more, behind what follows it. */
export function handed(emitter: Emitter, value: Value): Value {
  return isNested(emitter, value) ? { ...value, open: true } : value;
}

/** A use of a value that a construct hands on as it is. Where something follows the construct, it is not opened before. */
export function handedOn(emitter: Emitter, use: Use): Use {
  if (isOpen(use)) return VALUE;
  return emitter.program.nested ? { ...use, again: (use.again ?? 0) + 1 } : use;
}

/** The use of each member: what opens the whole does not open its members. */
export function ofEach(use: Use): Use {
  if (use.again === undefined) return use;
  return use.result ? { result: true, depth: use.depth } : VALUE;
}

/** An open sequence as a value. */
export function closed(emitter: Emitter, value: Value): Value {
  if (value.open !== true) return value;
  const { open: _open, ...rest } = value;
  return { ...rest, ...emitter.temp(`norm(${value.js})`, value.kinds | NOTHING, { input: value.input }) };
}

/** Whether something follows before it is opened. */
export function isOpen(use: Use): boolean {
  return !use.result && use.open;
}

/** One level further down. */
export function deeper(emitter: Emitter, use: Use): Use {
  if (use.result && use.depth === RESULT_DEPTH + 1) emitter.line("tooDeep();");
  return use.result ? { result: true, depth: use.depth + 1 } : VALUE;
}

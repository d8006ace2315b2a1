import { RESULT_DEPTH } from "../../limits.ts";
import type { Emitter, Use } from "./emitter.ts";
import { ARRAY, can, ENDLESS, FUNCTION, NOTHING, OBJECT, type Value } from "./kind.ts";

/** A value of the mapping as it is used: as part of the result it must be JSON of its own. */
export function used(emitter: Emitter, value: Value, use: Use): Value {
  if (!use.result || value.final === true) return value;
  if (can(value.kinds, OBJECT | ARRAY | FUNCTION)) {
    // Outside of loops the texts of a result are as many as the mapping has places, so they need no counting.
    const quick = emitter.loops > 0 ? "" : `typeof ${value.js} === "string" ? ${value.js} : `;
    const copy = emitter.temp(`${quick}out(${value.js}, ${use.depth})`, value.kinds & ~(FUNCTION | ENDLESS));
    return copy;
  }
  if (can(value.kinds, ENDLESS)) return emitter.temp(`outNumber(${value.js})`, value.kinds & ~ENDLESS);
  return value;
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
  return use.result ? { result: true, depth: use.depth + 1 } : use;
}

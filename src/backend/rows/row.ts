import type { Json } from "../../message/json.ts";
import { STATES, type State } from "../../message/outcome.ts";

const numbers: Readonly<Record<State, number>> = {
  queued: 0,
  waiting: 1,
  held: 2,
  sending: 3,
  parked: 4,
  done: 5,
};

export function stateNumber(state: State): number {
  return numbers[state];
}

export function stateOf(stored: number): State {
  const state = STATES[stored];
  if (state === undefined) throw new RangeError(`unknown state ${stored}`);
  return state;
}

/** A blob as it comes from the binding (an ArrayBuffer from libsql) as bytes. */
export function toBytes(blob: Uint8Array | ArrayBuffer): Uint8Array {
  return blob instanceof ArrayBuffer ? Buffer.from(blob) : blob;
}

/** JSON text for a column; null stays null. */
export function toText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** The value behind a JSON column that this store wrote itself. */
export function fromText<Value = Json>(text: string | null): Value | null {
  return text === null ? null : (JSON.parse(text) as Value);
}

import type { Failure } from "../errors.ts";
import { describePlace } from "../message/place.ts";
import type { TrailEntry } from "../store/message-table.ts";

/**
 * The one writer of a message's history. What the columns of message, delivery and attempt already say (accepted, done,
 * each attempt) is not written again; the trail holds what they forget: failures, waits, holds, acts of people.
 */
export type Step =
  | "waiting"
  | "parked"
  | "rejected"
  | "held"
  | "replayed"
  | "discarded"
  | "superseded"
  | "conflict"
  | "loop";

export function trailEntry(message: number, at: number, step: Step, detail: string | null): TrailEntry {
  return { message, at, step, detail };
}

/** One line without payload: code, place, message. */
export function describeFailure(failure: Failure): string {
  const where = failure.place === undefined ? "" : ` at ${describePlace(failure.place)}`;
  return `${failure.code}${where}: ${failure.message}`;
}

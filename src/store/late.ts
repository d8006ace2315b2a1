import { HubError } from "../errors.ts";

/**
 * How long work waits for the commits before its own; milliseconds. Where one takes so long the next would too, and a
 * sender would wait for all of them.
 */
const TURN_MS = 5_000;

/** The refusal of work that waited too long; null while it may begin. @param asked when it came, of `performance.now()` */
export function refusalIfLate(asked: number): HubError | null {
  if (performance.now() - asked <= TURN_MS) return null;
  return new HubError("TL_STORE_FAILED", "the store is busy, and nothing was begun", { retryAfter: TURN_MS });
}

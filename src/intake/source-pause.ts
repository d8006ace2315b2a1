import type { HubError } from "../errors.ts";

/** First and longest pause after a failure of the system; milliseconds. */
const SYSTEM = { first: 1_000, last: 60_000 };
/** What a person has to mend is tried again now and then: it may have been mended. */
const PERSON = 300_000;

/**
 * Milliseconds until a source that failed is tried again. A system that is down is tried soon and then ever more seldom;
 * wrong credentials are not hammered with.
 * @param failures in a row, this one included
 * @param random between 0 and 1
 */
export function sourcePause(error: HubError, failures: number, random: number): number {
  if (error.retryAfter !== undefined) return error.retryAfter;
  const jitter = 0.8 + 0.4 * random;
  const passing = error.fault === "system" || error.fault === "hub" || error.fault === "message";
  if (!passing) return Math.round(PERSON * jitter);
  return Math.round(Math.min(SYSTEM.first * 2 ** Math.min(failures - 1, 10), SYSTEM.last) * jitter);
}

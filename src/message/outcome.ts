/**
 * How a message can end on one route. The books balance over exactly these (invariant I4):
 * in = applied + unchanged + stale + superseded + duplicate + filtered + rejected + parked + waiting.
 */
export const OUTCOMES = [
  "applied",
  "unchanged",
  "stale",
  "superseded",
  "duplicate",
  "filtered",
  "rejected",
  "parked",
  "discarded",
] as const;

/** Those by which nothing was changed, and nothing is wrong. */
export const WITHOUT_EFFECT: readonly Outcome[] = [
  "unchanged",
  "stale",
  "superseded",
  "duplicate",
  "filtered",
  "discarded",
];

export type Outcome = (typeof OUTCOMES)[number];

/**
 * Where a stored message or delivery is:
 * `queued` claimable · `waiting` until a time · `held` behind a blocked key · `sending` begun, for targets
 * that are not idempotent · `parked` at rest for a person · `done` final, see its outcome.
 */
export const STATES = ["queued", "waiting", "held", "sending", "parked", "done"] as const;

export type State = (typeof STATES)[number];

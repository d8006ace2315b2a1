import type { FlowDefinition } from "../config/flow-definition.ts";
import { type Failure, type HubError, toFailure } from "../errors.ts";
import { backoffDelay } from "./backoff.ts";

/** What becomes of an item whose transform failed. */
export type FailedFate =
  | { readonly kind: "wait"; readonly nextAt: number; readonly attempts: number; readonly failure: Failure }
  | { readonly kind: "park"; readonly attempts: number; readonly failure: Failure }
  | { readonly kind: "reject"; readonly attempts: number; readonly failure: Failure };

export interface FailedItem {
  readonly attempts: number;
  readonly acceptedAt: number;
  /** Rows of files may be rejected; a message of its own is parked instead. */
  readonly fromFile: boolean;
}

/** Shortest and longest wait for a missing reference; milliseconds. */
const REFERENCE_WAIT = { first: 2_000, last: 60_000 };

/** Decides by whose fault it is (see Fault) and by the flow's policy. */
export function fateOf(
  error: HubError,
  item: FailedItem,
  flow: FlowDefinition,
  now: number,
  random: number,
): FailedFate {
  const failure = toFailure(error);
  const attempts = item.attempts + 1;
  switch (error.fault) {
    case "reference": {
      const { policy, maxAge } = flow.onError.missingReference;
      const age = now - item.acceptedAt;
      if (policy !== "wait" || age >= maxAge) return { kind: "park", attempts, failure };
      const wait = Math.min(Math.max(age, REFERENCE_WAIT.first), REFERENCE_WAIT.last) * (0.8 + 0.4 * random);
      return { kind: "wait", nextAt: Math.round(now + Math.min(wait, maxAge - age)), attempts, failure };
    }
    case "message":
      if (attempts > flow.onError.retries) return { kind: "park", attempts, failure };
      return { kind: "wait", nextAt: now + backoffDelay(flow.onError, attempts, random), attempts, failure };
    case "system":
    case "hub":
      return {
        kind: "wait",
        nextAt: now + (error.retryAfter ?? flow.onError.backoff.first),
        attempts: item.attempts,
        failure,
      };
    case "data":
    case "contract":
    case "usage":
    case "access":
    case "in-doubt":
      if (item.fromFile && flow.onError.data === "reject-row") return { kind: "reject", attempts, failure };
      return { kind: "park", attempts, failure };
  }
}

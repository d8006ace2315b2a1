import type { FlowDefinition } from "../config/flow-definition.ts";
import { type Failure, type HubError, toFailure } from "../errors.ts";
import { backoffDelay } from "./backoff.ts";

/** What an attempt's failure means for its delivery and its route. */
export type Verdict =
  /** The system's fault: the whole route waits, nothing is counted. */
  | { readonly kind: "route-waits"; readonly until: number | null; readonly failure: Failure }
  /** Credentials or settings: the route stops until a person acts. */
  | { readonly kind: "route-stops"; readonly failure: Failure }
  /** This message's fault, perhaps passing. */
  | { readonly kind: "retry"; readonly nextAt: number; readonly failure: Failure }
  | { readonly kind: "park"; readonly failure: Failure }
  /** Nobody knows whether it arrived. */
  | { readonly kind: "in-doubt"; readonly failure: Failure };

/** @param attempts counted so far, this one included */
export function verdictOf(
  error: HubError,
  flow: FlowDefinition,
  attempts: number,
  now: number,
  random: number,
): Verdict {
  const failure = toFailure(error);
  switch (error.fault) {
    case "system":
    case "hub":
      return {
        kind: "route-waits",
        until: error.retryAfter === undefined ? null : now + error.retryAfter,
        failure,
      };
    case "access":
      return { kind: "route-stops", failure };
    case "message":
    case "reference":
      if (attempts > flow.onError.retries) return { kind: "park", failure };
      return {
        kind: "retry",
        nextAt: now + (error.retryAfter ?? backoffDelay(flow.onError, attempts, random)),
        failure,
      };
    case "in-doubt":
      return { kind: "in-doubt", failure };
    case "data":
    case "contract":
    case "usage":
      return { kind: "park", failure };
  }
}

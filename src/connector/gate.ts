import { HubError } from "../errors.ts";

/** How a system is spared. */
export interface GateLimits {
  /** At most so many calls in any span of `per` milliseconds; null: as many as there are. */
  readonly rate: { readonly calls: number; readonly per: number } | null;
  /** After so many failures of the system in a row it is left alone for `wait` milliseconds; null: never. */
  readonly breaker: { readonly failures: number; readonly wait: number } | null;
}

export interface GateState {
  /** `half-open`: the wait is over, and one call is to tell whether the system is back. Null: there is no breaker. */
  readonly breaker: "closed" | "open" | "half-open" | null;
  /** Milliseconds until it is half open; null unless it is open. */
  readonly opensIn: number | null;
  /** In a row. */
  readonly failures: number;
  /** Calls within the last span of the rate; null: there is no rate. */
  readonly recent: number | null;
}

/** What all calls to one system pass, from whatever route or source they come. */
export interface Gate {
  /**
   * Does the work when the system may be called.
   * @throws HubError what `busy` makes, with the time to wait, when it may not within a short time; the work was not begun
   */
  pass<Result>(work: () => Promise<Result>, busy: Busy, signal?: AbortSignal): Promise<Result>;
  state(): GateState;
}

export type Busy = (message: string, retryAfter: number) => HubError;

export interface GateEnvironment {
  /** Milliseconds of a clock that nobody sets. */
  readonly clock: () => number;
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** A call that would have to wait longer is given back, so that its place is free for another; milliseconds. */
const LONGEST_WAIT = 2_000;

export function gate(limits: GateLimits, env: GateEnvironment): Gate {
  const { rate, breaker } = limits;
  /** When the last calls were made, or will be; a ring, so that no span has more than the rate. */
  const times: number[] = rate === null ? [] : new Array<number>(rate.calls).fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;
  let failures = 0;
  let openUntil = Number.NEGATIVE_INFINITY;
  let isTrying = false;

  /** Milliseconds until the next call may be made; takes its place unless that is too long. */
  function reserve(): number {
    if (rate === null) return 0;
    const now = env.clock();
    const at = Math.max(now, (times[oldest] ?? 0) + rate.per);
    if (at - now > LONGEST_WAIT) return at - now;
    times[oldest] = at;
    oldest = (oldest + 1) % times.length;
    return at - now;
  }

  const isOver = (): boolean => breaker !== null && failures >= breaker.failures;

  function refuseWhileOpen(busy: Busy): void {
    if (!isOver() || breaker === null) return;
    const left = openUntil - env.clock();
    if (left > 0) throw busy("the system failed several times and is left alone", Math.ceil(left));
    if (isTrying) throw busy("one call is finding out whether the system is back", 1_000);
  }

  function judge(error: unknown): void {
    if (!(error instanceof HubError)) return;
    // Whoever answers is there: only what the system itself lacks counts against it.
    if (error.fault === "system" || error.fault === "in-doubt") failures += 1;
    else if (error.fault !== "hub") failures = 0;
    if (isOver() && breaker !== null) openUntil = env.clock() + Math.max(breaker.wait, error.retryAfter ?? 0);
  }

  return {
    async pass(work, busy, signal) {
      refuseWhileOpen(busy);
      const wait = reserve();
      if (wait > LONGEST_WAIT) throw busy("the system is called as often as it may be", Math.ceil(wait));
      const tries = isOver();
      if (tries) isTrying = true;
      try {
        if (wait > 0) await env.pause(wait, signal);
        const result = await work();
        failures = 0;
        return result;
      } catch (error) {
        judge(error);
        throw error;
      } finally {
        if (tries) isTrying = false;
      }
    },
    state() {
      const now = env.clock();
      const left = isOver() ? Math.max(0, Math.ceil(openUntil - now)) : 0;
      const open = left > 0 ? "open" : isOver() ? "half-open" : "closed";
      return {
        breaker: breaker === null ? null : open,
        opensIn: left > 0 ? left : null,
        failures,
        recent: rate === null ? null : times.filter((at) => at > now - rate.per).length,
      };
    },
  };
}

export interface Backoff {
  /** How many retries; then the message is parked. */
  readonly retries: number;
  readonly backoff: { readonly first: number; readonly last: number };
}

/**
 * Milliseconds before retry number `retry` (from 1): from `first` to `last` in equal ratios, with ±20 % jitter so that
 * messages that failed together do not come back together.
 * @param random between 0 and 1
 */
export function backoffDelay(policy: Backoff, retry: number, random: number): number {
  const { first, last } = policy.backoff;
  const steps = Math.max(policy.retries - 1, 1);
  const ratio = (last / first) ** (Math.min(retry - 1, steps) / steps);
  return Math.round(Math.min(first * ratio, last) * (0.8 + 0.4 * random));
}

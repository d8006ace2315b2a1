/** A target may not hold a route for longer than this by one answer; milliseconds. */
export const RETRY_AFTER_CAP_MS = 3_600_000;

/**
 * How long a target asks to wait (RFC 9110 §10.2.3: seconds or an HTTP date), in milliseconds, at most an hour.
 * Undefined when it says nothing that makes sense (negative, past, not a date), so that the hub's own delays apply.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return wait > 0 ? Math.min(wait, RETRY_AFTER_CAP_MS) : undefined;
}

/** Milliseconds since 1970, NaN when it is not an HTTP date. */
function httpDate(text: string): number {
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return Number.NaN;
  // The old asctime form has no zone and means UTC; Date.parse would take the hub's own zone.
  return Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
}

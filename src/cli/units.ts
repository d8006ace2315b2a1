import { parseDuration } from "../config/duration.ts";
import { HubError } from "../errors.ts";

/**
 * A moment a person names, in milliseconds since 1970: `2h` (so long ago; s, m, h, d), or a date and time
 * (RFC 3339, `2026-11-22` is midnight UTC).
 * @throws HubError TL_USAGE
 */
export function parseMoment(text: string, now: number): number {
  const ago = parseDuration(text.trim());
  if (ago !== undefined) return now - ago;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new HubError("TL_USAGE", "the time is neither an age nor a date", {
    cure: "Write 30m, 2h, 7d, or 2026-11-22T01:30:00Z.",
  });
}

/** A moment as RFC 3339 in UTC, to the second: `2026-11-22 01:30:00Z`. */
export function showMoment(at: number | string | null | undefined): string {
  if (at === null || at === undefined) return "-";
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "-" : `${date.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

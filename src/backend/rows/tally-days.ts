const DAY_MS = 86_400_000;
/** A day is over so long after midnight: what was begun before has ended by then. */
const LATE_MS = 600_000;
const AT_ONCE = 31;

/** The last day that was summed, and the first minute after it that was counted; null: there is none. */
export interface DaysKnown {
  summed: number | null;
  next: number | null;
}

/** Follows the order of the tables, flow by flow. */
export const DAYS_KNOWN = `WITH known AS (
    SELECT max((SELECT max(day) FROM tally_day WHERE tally_day.flow = f.id)) AS summed FROM flow f)
  SELECT summed, (SELECT min((SELECT min(minute) FROM tally
      WHERE tally.flow = f.id AND minute >= (coalesce(summed, -1) + 1) * 1440)) FROM flow f) AS next FROM known`;

/** Minutes, `from` inclusive, `to` exclusive, whose days are to be summed now; null: none is left. */
export function daysToSum(
  now: number,
  known: DaysKnown | undefined,
): { readonly from: number; readonly to: number } | null {
  const today = Math.floor((now - LATE_MS) / DAY_MS);
  const next = known?.next == null ? today : Math.floor(known.next / 1440);
  if (next >= today) return null;
  return { from: (known?.summed ?? next) * 1440, to: Math.min(today, next + AT_ONCE) * 1440 };
}

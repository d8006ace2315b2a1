import { Cron } from "croner";

/** Why a cron expression cannot be used, or null. Five fields, or six with seconds first. */
export function cronProblem(cron: string, zone: string | undefined): string | null {
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) return `expected five fields (or six with seconds first), got ${fields}`;
  try {
    return slots(cron, zone, 1).length === 0 ? "it never comes due" : null;
  } catch (error) {
    // Croner says which field is wrong and how; it knows nothing but the expression.
    return error instanceof Error
      ? error.message.replace(/^CronPattern: /, "")
      : "it is not a cron expression";
  }
}

/** Whether none of the next slots falls into the window, times of day `HH:MM` in the zone. */
export function neverInWindow(cron: string, zone: string, from: string, to: string): boolean {
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const inside = (at: string): boolean => (from < to ? at >= from && at < to : at >= from || at < to);
  const next = slots(cron, zone, 100);
  return next.length > 0 && !next.some((slot) => inside(time.format(slot)));
}

function slots(cron: string, zone: string | undefined, count: number): readonly Date[] {
  return new Cron(cron, { paused: true, ...(zone === undefined ? {} : { timezone: zone }) }).nextRuns(count);
}

import { Cron } from "croner";

/** Why a cron expression cannot be used, or null. Five fields, or six with seconds first. */
export function cronProblem(cron: string, zone: string | undefined): string | null {
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) return `expected five fields (or six with seconds first), got ${fields}`;
  try {
    return new Cron(cron, { paused: true, ...(zone === undefined ? {} : { timezone: zone }) }).nextRun() ===
      null
      ? "it never comes due"
      : null;
  } catch (error) {
    // Croner says which field is wrong and how; it knows nothing but the expression.
    return error instanceof Error
      ? error.message.replace(/^CronPattern: /, "")
      : "it is not a cron expression";
  }
}

const MINUTES_OF_DAY = 24 * 60;

/**
 * Whether no slot ever falls into the window, times of day `HH:MM` in the zone. A cron expression has the same times on
 * each of its days, so it is enough to look at the first slots after the window opens.
 */
export function neverInWindow(cron: string, zone: string, from: string, to: string): boolean {
  const expression = new Cron(cron, { paused: true, timezone: zone });
  const [opens, closes] = [minuteOf(from), minuteOf(to)];
  let slot = expression.nextRun();
  for (let looked = 0; looked < 4 && slot !== null; looked++) {
    const minute = minuteOf(timeOf(slot, zone));
    if (opens < closes ? minute >= opens && minute < closes : minute >= opens || minute < closes)
      return false;
    const wait = (opens - minute + MINUTES_OF_DAY) % MINUTES_OF_DAY;
    slot = expression.nextRun(new Date(slot.getTime() + wait * 60_000 - 1));
  }
  return true;
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}

function timeOf(slot: Date, zone: string): string {
  return slot.toLocaleTimeString("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

import { showValue } from "./check-structure.ts";
import { cronProblem, neverInWindow } from "./cron.ts";
import type { FlowContext } from "./flow-context.ts";
import { textAt } from "./value-at.ts";
import type { Path } from "./yaml-file.ts";
import { isZone, zoneCure } from "./zone.ts";

/** Checks that the schedule comes due, in a time zone there is, and inside its window. */
export function checkSchedule(context: FlowContext): void {
  const { raw, report } = context;
  const cron = textAt(raw, "schedule", "cron");
  const zone = textAt(raw, "schedule", "zone");
  const known = zone !== undefined && isZone(zone);
  if (!checkCron(context, ["schedule"], "cron", "schedule") || cron === undefined || cron === "") return;
  const [from, to] = textAt(raw, "schedule", "window")?.split("-") ?? [];
  if (from === undefined || to === undefined) return;
  if (from === to) {
    report.value(
      ["schedule", "window"],
      "schedule.window is empty: it ends when it begins",
      "Leave it out for the whole day.",
    );
  } else if (
    known &&
    /^\d\d:\d\d$/.test(from) &&
    /^\d\d:\d\d$/.test(to) &&
    neverInWindow(cron, zone, from, to)
  ) {
    const cure = "Runs would all begin by waiting; correct `cron` or `window`.";
    report.value(
      ["schedule", "window"],
      "schedule.window: no run of `cron` begins inside it",
      cure,
      "warning",
    );
  }
}

/**
 * Checks a cron expression and the time zone beside it.
 * @param label what the two stand in, as people are told
 * @returns false when the expression was reported
 */
export function checkCron(
  { raw, report }: FlowContext,
  at: Path,
  key: "cron" | "until",
  label: string,
): boolean {
  const zone = textAt(raw, ...at, "zone");
  const known = zone !== undefined && isZone(zone);
  if (zone !== undefined && zone !== "" && !known) {
    const message = `${label}.zone: ${showValue(zone)} is not an IANA time zone`;
    report.value([...at, "zone"], message, zoneCure(zone));
  }
  const cron = textAt(raw, ...at, key);
  if (cron === undefined || cron === "") return true;
  const problem = cronProblem(cron, known ? zone : undefined);
  if (problem === null) return true;
  const cure = 'Minute, hour, day of month, month, day of week; "30 1 * * *" is 01:30 each night.';
  report.value([...at, key], `${label}.${key}: ${problem}`, cure);
  return false;
}

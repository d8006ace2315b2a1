import { showValue } from "./check-structure.ts";
import { cronProblem, neverInWindow } from "./cron.ts";
import type { FlowContext } from "./flow-context.ts";
import { textAt } from "./value-at.ts";
import { isZone, zoneCure } from "./zone.ts";

/** Checks that the schedule comes due, in a time zone there is, and inside its window. */
export function checkSchedule({ raw, report }: FlowContext): void {
  const zone = textAt(raw, "schedule", "zone");
  const known = zone !== undefined && isZone(zone);
  if (zone !== undefined && zone !== "" && !known) {
    report.value(
      ["schedule", "zone"],
      `schedule.zone: ${showValue(zone)} is not an IANA time zone`,
      zoneCure(zone),
    );
  }
  const cron = textAt(raw, "schedule", "cron");
  if (cron === undefined || cron === "") return;
  const problem = cronProblem(cron, known ? zone : undefined);
  if (problem !== null) {
    const cure = 'Minute, hour, day of month, month, day of week; "30 1 * * *" is 01:30 each night.';
    report.value(["schedule", "cron"], `schedule.cron: ${problem}`, cure);
    return;
  }
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

import { Cron } from "croner";
import type { Schedule } from "../config/flow-definition.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { Store } from "../store/store.ts";

/** How far back slots that passed while the hub was down are looked for; milliseconds. */
const LOOK_BACK = 7 * 24 * 3600_000;

/** The first slot after an instant; null when there is none. Croner runs a slot that falls in a clock change's gap right after it. */
export function slotAfter(schedule: Pick<Schedule, "cron" | "zone">, at: number): number | null {
  const next = new Cron(schedule.cron, { timezone: schedule.zone }).nextRun(new Date(at));
  return next === null ? null : next.getTime();
}

/** The last slot up to and including an instant; null when there is none. */
export function slotUpTo(schedule: Pick<Schedule, "cron" | "zone">, at: number): number | null {
  const [last] = new Cron(schedule.cron, { timezone: schedule.zone }).previousRuns(1, new Date(at + 1));
  return last === undefined ? null : last.getTime();
}

/** Slots after `from`, up to and including `to`, oldest first; at most `most`. */
export function slotsBetween(schedule: Schedule, from: number, to: number, most = 10_000): readonly number[] {
  const slots: number[] = [];
  for (
    let at = slotAfter(schedule, from);
    at !== null && at <= to && slots.length < most;
    at = slotAfter(schedule, at)
  ) {
    slots.push(at);
  }
  return slots;
}

/** A slot is missed when nobody was there for so long; milliseconds. */
const LATE = 60_000;

export interface DueSlot {
  readonly flow: LiveFlow;
  readonly at: number;
}

/**
 * Takes the slots of a flow that are due. Each slot is a row that one taker gets, whatever clocks, zones and the number of
 * hubs do (invariant I7). Slots that were missed are run or marked skipped by the flow's `misfire`.
 *
 * @param since when the flow was first seen; slots before it are nobody's
 * @returns the slots to run now, oldest first
 */
export async function takeDueSlots(
  store: Store,
  flow: LiveFlow,
  since: number,
  now: number,
): Promise<readonly DueSlot[]> {
  const schedule = flow.definition.schedule;
  if (schedule === null) return [];
  return store.transaction(async (tx) => {
    const last = await tx.slots.last(flow.id);
    const from = Math.max(last?.at ?? since, now - LOOK_BACK);
    const due = slotsBetween(schedule, from, now);
    const newest = due.at(-1);
    const taken: DueSlot[] = [];
    for (const at of due) {
      // A slot is missed when a later one is due as well, or when nobody was there for a minute.
      const missed = at !== newest || now - at > LATE;
      const run =
        !missed || schedule.misfire === "catch-up" || (schedule.misfire === "run-once" && at === newest);
      const mine = await tx.slots.take(
        flow.id,
        at,
        run ? "running" : "skipped",
        now,
        run ? null : `missed; misfire: ${schedule.misfire}`,
      );
      if (mine && run) taken.push({ flow, at });
    }
    return taken;
  });
}

/**
 * The slots of a flow that a hub has taken and not ended, since it ended itself: they are run again. What they had begun is
 * known to the store, so nothing is taken twice. A flow that skips what it has missed gives up those that are late.
 *
 * @returns the slots to run now, oldest first
 */
export async function takeInterruptedSlots(
  store: Store,
  flow: LiveFlow,
  now: number,
): Promise<readonly DueSlot[]> {
  const skips = flow.definition.schedule?.misfire === "skip";
  return store.transaction(async (tx) => {
    const left = (await tx.slots.running()).filter((slot) => slot.flow === flow.id);
    const late = left.filter(({ at }) => skips && now - at > LATE);
    for (const { at } of late)
      await tx.slots.finish(flow.id, at, "failed", now, "the hub ended meanwhile; misfire: skip");
    return left
      .filter((slot) => !late.includes(slot))
      .map(({ at }) => ({ flow, at }))
      .sort((a, b) => a.at - b.at);
  });
}

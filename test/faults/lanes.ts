import type { Technology } from "./backend.ts";
import type { Fault } from "./fault.ts";

/** One run of a fault that is to come. */
export interface Play {
  readonly fault: Fault;
  readonly technology: Technology;
}

/** How many of those that wait are played beside two others. */
const WAITING = 4;

/**
 * Plays all: two at once, and beside them some of those that wait; then those that are timed, each by itself.
 * @param play never rejects
 */
export async function inLanes(plays: readonly Play[], play: (one: Play) => Promise<void>): Promise<void> {
  const others = plays.filter(({ fault }) => fault.pace === undefined);
  const waits = plays.filter(({ fault }) => fault.pace === "waits");
  const lane = async (...queues: readonly Play[][]): Promise<void> => {
    for (;;) {
      const next = queues.find((queue) => queue.length > 0)?.shift();
      if (next === undefined) return;
      await play(next);
    }
  };
  const beside = Array.from({ length: WAITING }, () => lane(waits));
  await Promise.all([lane(others, waits), lane(others, waits), ...beside]);
  await lane(plays.filter(({ fault }) => fault.pace === "timed"));
}

import type { Technology } from "./backend.ts";
import type { Fault } from "./fault.ts";

/** One run of a fault that is to come. */
export interface Play {
  readonly fault: Fault;
  readonly technology: Technology;
}

/**
 * Plays all: two at once, of which one begins with those that wait; then those that are timed, each by itself.
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
  await Promise.all([lane(others, waits), lane(waits, others)]);
  await lane(plays.filter(({ fault }) => fault.pace === "timed"));
}

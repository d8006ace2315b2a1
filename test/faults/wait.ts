import { setTimeout as pause } from "node:timers/promises";

/** Waits until it holds. Gives up silently after `limit` milliseconds: what the fault checks next says what is missing. */
export async function until(holds: () => boolean | Promise<boolean>, limit = 60_000): Promise<void> {
  const started = performance.now();
  while (!(await holds()) && performance.now() - started < limit) await pause(50);
}

import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits until it holds. Gives up silently after `limit` milliseconds: what the fault checks next says what is missing.
 * @param step milliseconds from one look to the next
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limit = 60_000,
  step = 50,
): Promise<void> {
  const started = performance.now();
  while (!(await holds()) && performance.now() - started < limit) await pause(step);
}

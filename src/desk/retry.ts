import { setTimeout as pause } from "node:timers/promises";
import { asHubError, type HubError } from "../errors.ts";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Does the work again when it ends, after a pause that grows, until `signal` says so.
 * @param work told by `stands` that the next pause is a short one again
 * @param failed told once for each kind of failure
 */
export async function again(
  work: (stands: () => void) => Promise<void>,
  failed: (error: HubError) => void,
  signal: AbortSignal,
): Promise<void> {
  let wait = FIRST_MS;
  let told = "";
  while (!signal.aborted) {
    try {
      await work(() => {
        wait = FIRST_MS;
        told = "";
      });
    } catch (thrown) {
      const error = asHubError(thrown);
      if (error.code !== told && !signal.aborted) failed(error);
      told = error.code;
    }
    await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
    wait = Math.min(wait * 2, LONGEST_MS);
  }
}

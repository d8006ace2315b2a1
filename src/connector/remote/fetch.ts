import { setTimeout as pause } from "node:timers/promises";
import { RemoteFailure } from "./remote.ts";
import type { RemoteServer } from "./server.ts";

/** How often in a row a transfer that was cut off is resumed without a byte more, and the first pause before it. */
const RESUMES = 4;
const PAUSE_MS = 500;

/**
 * The bytes of a file; where the connection is cut off they go on where they ended, over a new one.
 * @throws RemoteFailure
 */
export async function* fetchBytes(
  server: RemoteServer,
  path: string,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let failures = 0;
  for (;;) {
    try {
      for await (const chunk of server.read(path, at, signal)) {
        at += chunk.length;
        failures = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      if (
        !(error instanceof RemoteFailure) ||
        error.fault !== "away" ||
        failures === RESUMES ||
        signal.aborted
      )
        throw error;
      // All of it came, and only its end was not told.
      if (at === size) return;
      failures += 1;
      await pause(PAUSE_MS * 2 ** (failures - 1), null, { signal }).catch(() => undefined);
    }
  }
}

/** So many canaries in a row that do not come mean that the worker is deaf. */
const PATIENCE = 3;

/** Watches whether what is put is also heard. */
export interface Canary {
  /** Something came, or what could have come was lost for another reason. */
  alive(): void;
  stop(): void;
}

/**
 * Notices a worker that is connected and yet hears nothing, which the library does not: a job is put at intervals only to
 * see it come.
 * @param put tells whether a job was put that the worker should hear
 * @param deaf called when too many did not come, and again as long as none does
 */
export function watchCanary(everyMs: number, put: () => Promise<boolean>, deaf: () => void): Canary {
  let missing = 0;
  let timer: NodeJS.Timeout;
  let stopped = false;
  const look = async (): Promise<void> => {
    if (missing >= PATIENCE) {
      missing = 0;
      deaf();
    }
    if (await put()) missing += 1;
    if (!stopped) again();
  };
  const again = (): void => {
    timer = setTimeout(() => void look(), everyMs);
  };
  again();
  return {
    alive() {
      missing = 0;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Runs work that is asked for: never twice at once, and once more when it was asked for meanwhile. */
export interface WorkLoop {
  ask(): void;
  /** From now on there is work to run: at once, when asked, and every `pollMs`. */
  begin(work: () => Promise<void>, pollMs: number): void;
  /** No work begins after this; resolves when the last has ended. */
  close(): Promise<void>;
}

/** @param failed called with what work threw; the next time it is tried again */
export function workLoop(failed: (error: unknown) => void): WorkLoop {
  let work: (() => Promise<void>) | null = null;
  let poll: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let asked = false;
  let closed = false;

  const run = (): void => {
    asked = false;
    if (closed || work === null) return;
    running = work()
      .catch(failed)
      .finally(() => {
        running = null;
        if (asked) setImmediate(run);
      });
  };
  const ask = (): void => {
    if (asked || closed) return;
    asked = true;
    // Through the event loop, so that a busy worker never starves accepting.
    if (running === null) setImmediate(run);
  };

  return {
    ask,
    begin(callback, pollMs) {
      work = callback;
      poll = setInterval(ask, pollMs);
      ask();
    },
    async close() {
      closed = true;
      if (poll !== null) clearInterval(poll);
      await running;
    },
  };
}

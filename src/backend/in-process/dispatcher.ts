import type { Dispatcher } from "../../dispatch/dispatcher.ts";

const LONGEST_TIMER = 60_000;

/** The dispatcher of one process: a flag and timers. */
export function inProcessDispatcher(now: () => number, onError: (error: unknown) => void): Dispatcher {
  let work: (() => Promise<void>) | null = null;
  let poll: NodeJS.Timeout | null = null;
  let later: { timer: NodeJS.Timeout; at: number } | null = null;
  let asked = false;
  let running: Promise<void> | null = null;
  let closed = false;

  const run = (): void => {
    if (closed || work === null) return;
    if (running !== null) {
      asked = true;
      return;
    }
    asked = false;
    running = work()
      .catch(onError)
      .finally(() => {
        running = null;
        // Through the event loop, so that a busy worker never starves accepting.
        if (asked) setImmediate(run);
      });
  };
  const arm = (at: number): void => {
    if (closed || (later !== null && later.at <= at)) return;
    if (later !== null) clearTimeout(later.timer);
    const wait = Math.min(Math.max(at - now(), 0), LONGEST_TIMER);
    const timer = setTimeout(() => {
      later = null;
      run();
    }, wait);
    later = { timer, at };
  };

  return {
    wake: () => {
      if (running !== null) asked = true;
      else setImmediate(run);
    },
    wakeAt: arm,
    onWake(callback, pollMs) {
      work = callback;
      poll = setInterval(run, pollMs);
      setImmediate(run);
    },
    async close() {
      closed = true;
      if (poll !== null) clearInterval(poll);
      if (later !== null) clearTimeout(later.timer);
      await running;
    },
  };
}

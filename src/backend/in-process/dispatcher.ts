import type { Dispatcher } from "../../dispatch/dispatcher.ts";
import { workLoop } from "../../dispatch/work-loop.ts";

const LONGEST_TIMER = 60_000;

/** The dispatcher of one process: a flag and timers. */
export function inProcessDispatcher(now: () => number, onError: (error: unknown) => void): Dispatcher {
  const loop = workLoop(onError);
  let later: { readonly timer: NodeJS.Timeout; readonly at: number } | null = null;
  let closed = false;

  return {
    wake: loop.ask,
    wakeAt(at) {
      if (closed || (later !== null && later.at <= at)) return;
      if (later !== null) clearTimeout(later.timer);
      const wait = Math.min(Math.max(at - now(), 0), LONGEST_TIMER);
      const timer = setTimeout(() => {
        later = null;
        loop.ask();
      }, wait);
      later = { timer, at };
    },
    onWake: loop.begin,
    async close() {
      closed = true;
      if (later !== null) clearTimeout(later.timer);
      await loop.close();
    },
  };
}

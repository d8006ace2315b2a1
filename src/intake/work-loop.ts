import type { Store } from "../store/store.ts";
import type { Gathering } from "./gathering.ts";
import { wakeWaiting } from "./sweep.ts";

export interface WorkLoopEnvironment {
  readonly store: Store;
  readonly now: () => number;
  readonly clock: () => number;
  readonly arriving: Gathering;
  /** Milliseconds between two looks for work of which nobody told. */
  readonly poll: number;
  /** What another process counts as known to all. */
  readonly heard: (told: number) => Promise<void>;
  /** Gives each flow with messages one turn; true when there was anything to do. */
  readonly transform: () => Promise<boolean>;
  /** Gives each file one turn; true when there was anything to do. */
  readonly read: () => Promise<boolean>;
  readonly deliver: () => void;
  /** Asks to be woken at a time. */
  readonly wakeAt: (at: number) => void;
  readonly stopping: () => boolean;
  /** The store answers. */
  readonly works: () => void;
}

/** What a wake-up makes an engine do: all there is, until nothing is left. */
export interface WorkLoop {
  work(): Promise<void>;
  /** Some waiting work is due at this time. */
  dueAt(at: number): void;
}

export function workLoop(env: WorkLoopEnvironment): WorkLoop {
  const { store, now, clock } = env;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let due = 0;

  function dueAt(at: number): void {
    due = Math.min(due, at);
    env.wakeAt(at);
  }

  /** Looks for waiting work whose time has come, when some is known to be due, and at least about once a poll. */
  async function sweep(): Promise<void> {
    // The polls go by a clock that nobody sets back.
    if (now() < due && clock() - sweptAt < env.poll / 2) return;
    sweptAt = clock();
    if (!store.seat.alone()) await env.heard(await store.transaction((tx) => tx.lanes.own([])));
    due = Number.POSITIVE_INFINITY;
    const { nextWake } = await wakeWaiting(store, now());
    if (nextWake !== null) dueAt(nextWake);
  }

  return {
    dueAt,
    async work() {
      await sweep();
      env.works();
      env.deliver();
      let read = false;
      while (!env.stopping()) {
        // While a file is read that takes the time, and messages gather meanwhile.
        if (!read) await env.arriving.gather();
        const moved = await env.transform();
        read = await env.read();
        if (!moved && !read) return;
      }
    },
  };
}

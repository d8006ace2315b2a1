/** Lets work wait a moment for more of its kind, while that keeps coming. */
export interface Gathering {
  /** So many more have come. */
  came(count: number): void;
  /** Resolves when it is time to work on what is there. */
  gather(): Promise<void>;
}

/** Fewer are worked on at once: whoever sends little is not kept waiting for company that will not come. */
const WORTH_WAITING = 32;
/** So many share their commit well enough: what it costs whatever is in it weighs little in each then. */
const ENOUGH = 256;
/** The longest wait, and the longest for the next that come; milliseconds. */
const LONGEST = 10;
const PAUSE = 2;

/**
 * Gathers what comes in many small lots. A transaction has a price of its own, so two small ones cost more than one; but
 * when none is waited for, each takes the little that came during the one before.
 *
 * @param clock milliseconds
 */
export function gathering(clock: () => number): Gathering {
  let come = 0;
  let wake: (() => void) | null = null;

  const next = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => wake?.(), PAUSE);
      wake = () => {
        wake = null;
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    came(count) {
      come += count;
      wake?.();
    },
    async gather() {
      const end = clock() + LONGEST;
      while (come >= WORTH_WAITING && come < ENOUGH && clock() < end) {
        const before = come;
        await next();
        if (come === before) break;
      }
      come = 0;
    },
  };
}

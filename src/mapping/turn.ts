/**
 * Evaluations of a thread run one after the other. The library is asynchronous but never waits for anything
 * outside, so side by side they would only eat each other's deadlines, and share what must not be shared.
 */
let last: Promise<unknown> = Promise.resolve();

export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.then(nothing, nothing);
  return mine;
}

function nothing(): void {}

/** Resolves after everything that is pending without waiting for the outside has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

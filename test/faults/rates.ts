import { setTimeout as pause } from "node:timers/promises";

/** Effects a second in quiet windows and in disturbed ones, taken in turn: A B A B. */
interface Rates {
  readonly quiet: number;
  readonly disturbed: number;
  readonly share: number;
}

/** @param disturb is given the length of its window in milliseconds, and ends with it or after it */
export async function rates(
  effects: () => Promise<number>,
  windowMs: number,
  disturb: (turn: number) => Promise<void>,
): Promise<Rates> {
  const counted = async (during: () => Promise<unknown>): Promise<{ count: number; seconds: number }> => {
    const [before, started] = [await effects(), performance.now()];
    await during();
    return { count: (await effects()) - before, seconds: (performance.now() - started) / 1000 };
  };
  const quiet = { count: 0, seconds: 0 };
  const disturbed = { count: 0, seconds: 0 };
  for (const turn of [0, 1]) {
    add(quiet, await counted(() => pause(windowMs)));
    add(disturbed, await counted(() => Promise.all([pause(windowMs), disturb(turn)])));
  }
  const [a, b] = [quiet.count / quiet.seconds, disturbed.count / disturbed.seconds];
  return { quiet: a, disturbed: b, share: b / a };
}

function add(sum: { count: number; seconds: number }, more: { count: number; seconds: number }): void {
  sum.count += more.count;
  sum.seconds += more.seconds;
}

/** Does the works in order, spread evenly over the time. */
export async function spread(
  works: readonly (() => Promise<unknown>)[],
  milliseconds: number,
): Promise<void> {
  const started = performance.now();
  const running: Promise<unknown>[] = [];
  for (const [at, work] of works.entries()) {
    const wait = started + (at / works.length) * milliseconds - performance.now();
    if (wait > 0) await pause(wait);
    running.push(work());
  }
  await Promise.all(running);
}

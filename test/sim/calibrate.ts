import { median } from "../bench/statistics.ts";
import type { Measured } from "./measure.ts";
import type { Costs, Load } from "./model.ts";
import { simulate } from "./simulate.ts";

/** Steps of halving an interval: a thousandth of it is enough. */
const STEPS = 10;

/** A load as it was measured: all keys alike, nothing fails. */
export function evenLoad(messages: number): Load {
  return { messages, keys: messages, skew: 0, failing: 0, backoff: 0 };
}

/** The median of each quantity over rounds of as many workers. */
export function middle(rounds: readonly Measured[]): Measured {
  const of = (name: keyof Measured): number => median(rounds.map((round) => round[name]));
  return {
    workers: of("workers"),
    rate: of("rate"),
    worker: of("worker"),
    database: of("database"),
    batch: of("batch"),
    held: of("held"),
    processors: of("processors"),
  };
}

/**
 * Costs with which the simulation of one worker has the rate that one worker had. Processor times, batch and flush were
 * measured; what is left over is idle time, or work of the database that ran beside the worker's own. How long the
 * customer repository is held was measured too: alone it keeps nobody waiting, and two meet there.
 */
export function calibrate(one: Measured, flush: number, load: Load): Costs {
  const plain: Costs = {
    worker: one.worker,
    database: one.database,
    batch: Math.max(1, one.batch),
    flush,
    idle: 0,
    overlap: 0,
    alone: 0,
  };
  const rate = (costs: Costs): number => simulate(costs, { shared: one.processors }, 1, load).rate;
  if (rate(plain) > one.rate) {
    const idle = halve(0, plain.batch / one.rate, (idle) => rate({ ...plain, idle }) > one.rate);
    return held({ ...plain, idle }, one, load);
  }
  const overlap = halve(0, 1, (overlap) => rate({ ...plain, overlap }) < one.rate);
  return held({ ...plain, overlap }, one, load);
}

/** With as much of the worker's work behind the repository's door as it takes to hold it for the share that was measured. */
function held(costs: Costs, one: Measured, load: Load): Costs {
  const share = (alone: number): number =>
    simulate({ ...costs, alone }, { shared: one.processors }, 1, load).held;
  return { ...costs, alone: halve(0, 1, (alone) => share(alone) < one.held) };
}

/** The value at which `more` stops to hold. */
function halve(low: number, high: number, more: (value: number) => boolean): number {
  let [from, to] = [low, high];
  for (let step = 0; step < STEPS; step++) {
    const half = (from + to) / 2;
    if (more(half)) from = half;
    else to = half;
  }
  return (from + to) / 2;
}

import type { Costs, Load, Outcome } from "./model.ts";
import { simulate } from "./simulate.ts";

const WORKERS = [1, 2, 4, 8, 16, 32, 64] as const;
const MESSAGES = 100_000;
const KEYS = 50_000;
/** A database is at its end where twice the workers bring less than this share more. */
const WORTH_IT = 0.1;

/** Loads that are looked at, with one processor for each worker. */
const LOADS: Readonly<Record<string, Pick<Load, "skew" | "failing">>> = {
  even: { skew: 0, failing: 0 },
  "Zipf 0.8": { skew: 0.8, failing: 0 },
  "Zipf 1.1": { skew: 1.1, failing: 0 },
  "Zipf 0.8, 1 % fail": { skew: 0.8, failing: 0.01 },
};

export interface Prediction {
  readonly load: string;
  readonly outcomes: readonly (Outcome & { readonly workers: number })[];
  /** Where more workers bring no more worth having, and why. */
  readonly end: { readonly workers: number; readonly rate: number; readonly by: string };
}

/** @param processors of the database's machine */
export function predict(costs: Costs, processors: number): readonly Prediction[] {
  return Object.entries(LOADS).map(([load, shape]) => {
    const whole = { messages: MESSAGES, keys: KEYS, backoff: 5, ...shape };
    const outcomes = WORKERS.map((workers) => ({
      workers,
      ...simulate(costs, { database: processors }, workers, whole),
    }));
    return { load, outcomes, end: endOf(outcomes) };
  });
}

function endOf(outcomes: Prediction["outcomes"]): Prediction["end"] {
  const at = outcomes.findIndex(({ rate }, index) => {
    const next = outcomes[index + 1];
    return next === undefined || next.rate < rate * (1 + WORTH_IT);
  });
  const { workers, rate } = outcomes[at] ?? { workers: 0, rate: 0 };
  // What is short shows where still more want it.
  const { database, log, held } = outcomes[Math.min(at + 1, outcomes.length - 1)] ?? {
    ...{ database: 0, log: 0, held: 0 },
  };
  const short = [
    [held, "its customer repository, which takes one batch at a time"],
    [database, "its processors"],
    [log, "its log"],
  ] as const;
  const by = short.find(([share]) => share > 0.8)?.[1] ?? "the worker of the busiest keys";
  return { workers, rate, by };
}

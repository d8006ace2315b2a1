import { readCorpus } from "./corpus.ts";
import { type Difference, emptyTally, runCase, smallest, type Tally } from "./run.ts";

export interface Assignment {
  readonly seed: number;
  /** Number of the first expression; then every `step`th. */
  readonly first: number;
  readonly step: number;
  readonly runs: number;
}

/** An expression begins. Should it never end, whoever waits knows which. */
export interface Began {
  readonly number: number;
}

export interface Report {
  /** Since the report before. */
  readonly tally: Tally;
  /** Made small. */
  readonly differences: readonly Difference[];
}

const REPORT_EVERY = 1_000;
/** Shrinking takes its time: of many differences the first ones tell enough. */
const MOST_SHRUNK = 20;

const { seed, first, step, runs } = JSON.parse(process.argv[2] ?? "{}") as Assignment;
const corpus = readCorpus();
let shrunk = 0;
let left = runs;
let tally = emptyTally();
let differences: Difference[] = [];
for (let number = first; left > 0; number += step) {
  const before = tally.runs;
  process.send?.({ number } satisfies Began);
  // Nothing here waits, and what the pipe could not take at once goes out between two turns of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  const [found] = await runCase(seed, number, corpus, tally);
  if (found !== undefined && shrunk++ < MOST_SHRUNK) differences.push(await smallest(found));
  left -= tally.runs - before;
  if (tally.runs >= REPORT_EVERY || left <= 0) report();
}

function report(): void {
  process.send?.({ tally, differences } satisfies Report);
  tally = emptyTally();
  differences = [];
}

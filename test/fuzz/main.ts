import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { commandLine } from "../command-line.ts";
import { caseOf, INPUTS } from "./case.ts";
import { readCorpus } from "./corpus.ts";
import { asJson, asText } from "./print.ts";
import { addTally, type Difference, emptyTally } from "./run.ts";
import type { Assignment, Began, Report } from "./worker.ts";

const DEFAULT_RUNS = 100_000;
/** One expression takes half a minute at most: its runs, each with the time limits of both and one more try. */
const HANGS_AFTER_MS = 180_000;

const USAGE = `npm run fuzz:mapping -- [--runs 100000] [--seed n] [--run n] [--workers 2] [--json]

The mapping engine against the published jsonata library, in process, on the same expressions and inputs. A run is one
expression on one input; --run with the seed repeats the expression of one run. Exit code 1 on a difference or an
expression that never ended, 2 on a wrong option.`;

const { values, leave } = commandLine(USAGE, {
  options: {
    runs: { type: "string" },
    seed: { type: "string" },
    run: { type: "string" },
    workers: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

function whole(name: "runs" | "seed" | "run" | "workers"): number | null {
  const text = values[name];
  if (text === undefined) return null;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  return leave(`--${name} wants a whole number`);
}

const seed = whole("seed") ?? Math.floor(Math.random() * 2 ** 31);
const one = whole("run");
const runs = one === null ? (whole("runs") ?? DEFAULT_RUNS) : 1;
const workers = one === null ? (whole("workers") ?? Math.min(2, availableParallelism())) : 1;
const started = performance.now();
const total = emptyTally();
const differences: Difference[] = [];

let shown = 0;
const corpus = readCorpus().length;
console.error(`seed ${seed}, ${runs} runs, ${workers} workers, ${corpus} expressions of people`);
if (one !== null) console.error(caseOf(seed, Math.floor(one / INPUTS), readCorpus()).text);
await Promise.all(Array.from({ length: workers }, (_, at) => work(at)));
const seconds = (performance.now() - started) / 1000;
console.log((values.json ? asJson : asText)({ seed, seconds, total, differences }));
process.exitCode = total.verdicts.different === 0 ? 0 : 1;

/** Worker `at` takes the expressions `at`, `at + workers`, … until it has made its share of the runs. */
function work(at: number): Promise<void> {
  const assignment: Assignment = {
    seed,
    first: one === null ? at : Math.floor(one / INPUTS),
    step: workers,
    runs: Math.ceil(runs / workers),
  };
  const worker = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), [JSON.stringify(assignment)], {
    serialization: "advanced",
  });
  let number = assignment.first;
  const watchdog = setTimeout(() => {
    const { text } = caseOf(seed, number, readCorpus());
    console.error(`never ended: --seed ${seed} --run ${number * INPUTS}: ${text}`);
    worker.kill("SIGKILL");
  }, HANGS_AFTER_MS);
  return new Promise((resolve, reject) => {
    worker.on("message", (said: Report | Began) => {
      watchdog.refresh();
      if ("number" in said) number = said.number;
      else take(said);
    });
    worker.on("exit", (code, signal) => {
      clearTimeout(watchdog);
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${code ?? signal}`));
    });
  });
}

function take({ tally, differences: found }: Report): void {
  addTally(total, tally);
  differences.push(...found);
  for (const { run, text } of found) console.error(`different: --seed ${seed} --run ${run}: ${text}`);
  progress();
}

function progress(): void {
  if (performance.now() - shown < 5_000) return;
  shown = performance.now();
  const rate = total.runs / ((shown - started) / 1000);
  const { order, input, refused, stopped, different } = total.verdicts;
  console.error(
    `${total.runs} runs, ${rate.toFixed(0)}/s: ${different} different, ${order} by order, ${input} by writing, ${refused + stopped} refused or stopped`,
  );
}

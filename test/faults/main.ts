/**
 * Real hubs, real `kill -9`, fake targets that keep a ledger: `npm run test:faults -- F01 F03` (all without a name),
 * `--seed 4711` to repeat a run, `--small` for the sizes of the test suite.
 */
import { parseArgs } from "node:util";
import { FAULTS } from "./faults.ts";
import { describeRun, describeRuns, passes, type Run } from "./print.ts";
import { runFault } from "./run-fault.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, small: { type: "boolean", default: false } },
});
const wanted = positionals.map((id) => id.toUpperCase());
const unknown = wanted.filter((id) => !FAULTS.some((fault) => fault.id === id));
if (unknown.length > 0) {
  process.stderr.write(
    `there is no fault ${unknown.join(", ")}; there are ${FAULTS.map(({ id }) => id).join(", ")}\n`,
  );
  process.exit(2);
}
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const runs: Run[] = [];
for (const fault of FAULTS) {
  if (wanted.length > 0 && !wanted.includes(fault.id)) continue;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  print(`\n${fault.id}  ${fault.title}  (seed ${seed})`);
  const run = await runFault(fault, { seed, small: values.small, note: (text) => print(`  · ${text}`) });
  print(describeRun(run));
  runs.push(run);
}
print(`\n${describeRuns(runs)}`);
process.exit(runs.every(({ result }) => passes(result)) ? 0 : 1);

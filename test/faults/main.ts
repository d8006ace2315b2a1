import { commandLine } from "../command-line.ts";
import { TECHNOLOGIES } from "./backend.ts";
import { record, recordSyncs } from "./evidence.ts";
import type { Fault } from "./fault.ts";
import { FAULTS, HEADLINE } from "./faults.ts";
import { inLanes, type Play } from "./lanes.ts";
import { describeRun, describeRuns, passes, type Run } from "./print.ts";
import { backends, peers, runFault, technologiesOf } from "./run-fault.ts";
import { traceSyncs } from "./strace.ts";

const USAGE = `npm run test:faults -- [fault …] [--backend sqlite|postgres|both] [--seed n] [--small] [--record] [--headline] [--strace]

Real hubs, real kill -9, real PostgreSQL and Redis, fake targets that keep a ledger, and the brokers and servers whose lines
are broken, installed where they are missing (Debian's packages, as root): all faults without a name, else those that are
named (F20 also names F20-ODOO). --seed repeats a run, --small takes the sizes of the test suite. A run of all writes
test/faults/EVIDENCE.md and traces the syncs; --record puts the results of some there too. Several are played at once, but
those that are timed one by one. --headline: those that the promise of no loss stands on. --strace alone shows that the
log is synced to disk before a sender is told so.`;

const { values, positionals, leave } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "both" },
    seed: { type: "string" },
    small: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    headline: { type: "boolean", default: false },
    strace: { type: "boolean", default: false },
  },
});
const wanted = values.headline ? HEADLINE : positionals.map((id) => id.toUpperCase());
const recording = values.record || (wanted.length === 0 && !values.small);
/** `F20` also names those of single connectors, `F20-ODOO`. */
const isWanted = (fault: Fault): boolean =>
  wanted.length === 0 || wanted.some((id) => fault.id === id || fault.id.startsWith(`${id}-`));
const unknown = wanted.filter((id) => !FAULTS.some((fault) => fault.id === id));
if (unknown.length > 0)
  leave(`there is no fault ${unknown.join(", ")}; there are ${FAULTS.map(({ id }) => id).join(", ")}`);
const technologies = TECHNOLOGIES.filter((name) => values.backend === "both" || values.backend === name);
if (technologies.length === 0) leave(`--backend is ${TECHNOLOGIES.join(", ")} or both`);

const print = (text: string): void => void process.stdout.write(`${text}\n`);
if (values.strace) process.exit(await proveSyncs());
// Systems end with this process, also when it is told to.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
const stores = backends();
const systems = peers();
const runs: Run[] = [];
const plays: readonly Play[] = FAULTS.filter(isWanted).flatMap((fault) =>
  technologiesOf(fault)
    .filter((name) => technologies.includes(name))
    .map((technology) => ({ fault, technology })),
);
const began = performance.now();
await inLanes(plays, async ({ fault, technology }) => {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const name = `${fault.id} ${technology}`;
  print(`\n${name}: ${fault.title} (seed ${seed})`);
  const backend = await stores.of(technology);
  const note = (text: string): void => print(`  · ${name}: ${text}`);
  const run = await runFault(fault, { backend, seed, small: values.small, peer: systems.of, note });
  print(`\n${name} after ${run.seconds.toFixed(0)} s\n${describeRun(run)}`);
  runs.push(run);
  if (recording) record(run, values.small, FAULTS);
});
await Promise.all([stores.close(), systems.close()]);
const isSynced = wanted.length > 0 || values.small || (await proveSyncs()) === 0;
runs.sort((a, b) => placeOf(a) - placeOf(b));
print(
  `\n${describeRuns(runs)}\n\n${runs.length} runs in ${((performance.now() - began) / 60_000).toFixed(1)} minutes`,
);
process.exit(isSynced && runs.every(({ result }) => passes(result)) ? 0 : 1);

/** As the faults are listed, SQLite before PostgreSQL. */
function placeOf(run: Run): number {
  return plays.findIndex(({ fault, technology }) => fault.id === run.id && technology === run.technology);
}

/** Prints what was synced before each yes; gives the exit code. */
async function proveSyncs(): Promise<number> {
  const proofs = await traceSyncs();
  for (const { backend, posts, synced, sequence } of proofs) {
    print(
      `\n${backend}: of ${posts} posts ${synced} had the log synced between request and 2xx; one of them:\n`,
    );
    for (const line of sequence) print(`  ${line}`);
  }
  if (!values.small) recordSyncs(proofs, FAULTS);
  return proofs.every(({ posts, synced }) => posts === synced) ? 0 : 1;
}

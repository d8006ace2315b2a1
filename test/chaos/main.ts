import fc from "fast-check";
import { commandLine } from "../command-line.ts";
import { startPostgres } from "../fakes/postgres.ts";
import { postgresBackend, sqliteBackend, TECHNOLOGIES } from "../faults/backend.ts";
import { type Action, actions } from "./action.ts";
import { play } from "./play.ts";

const USAGE = `npm run test:chaos -- [--runs 20] [--seed n] [--most 25] [--backend sqlite|postgres] [--play ACTIONS]

Random runs of a real hub, judged by a small model. --seed repeats them, --most is the length of a run, --backend postgres
gives each run a store of its own on a private PostgreSQL, --play '[{"do":"kill"}]' plays one run. A run that fails is made
as short as it can be; then it is printed, to be kept in test/chaos/examples.ts.`;

const { values, leave } = commandLine(USAGE, {
  options: {
    runs: { type: "string", default: "20" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    most: { type: "string", default: "25" },
    backend: { type: "string", default: "sqlite" },
    play: { type: "string" },
  },
});

if (!TECHNOLOGIES.some((one) => one === values.backend)) {
  leave(`--backend is ${TECHNOLOGIES.join(" or ")}`);
}
const server = values.backend === "postgres" ? await startPostgres() : null;
const backend = server === null ? sqliteBackend : postgresBackend(server);

/** Tells of each run, also of those by which one that fails is made shorter. */
async function one(run: readonly Action[]): Promise<void> {
  try {
    const { acked, requests, seconds } = await play(run, backend);
    console.log(
      `  ${run.length} actions, ${acked} acknowledged, ${requests} requests, ${seconds.toFixed(1)} s`,
    );
  } catch (error) {
    console.log(
      `  FAIL ${error instanceof Error ? error.message : error}\n  --play '${JSON.stringify(run)}'`,
    );
    throw error;
  }
}

if (values.play !== undefined) {
  await one(JSON.parse(values.play) as readonly Action[]).catch(() => {
    process.exitCode = 1;
  });
} else {
  console.log(`seed ${values.seed}, ${values.runs} runs`);
  const checked = await fc.check(fc.asyncProperty(actions(Number(values.most)), one), {
    seed: Number(values.seed),
    numRuns: Number(values.runs),
  });
  if (checked.failed) {
    console.log(
      `FAIL, seed ${values.seed}, made shorter ${checked.numShrinks} times; the last that failed is the shortest`,
    );
    process.exitCode = 1;
  } else console.log(`${checked.numRuns} runs, nothing lost, doubled or out of order`);
}
await server?.close();

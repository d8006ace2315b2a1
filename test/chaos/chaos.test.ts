import fc from "fast-check";
import { expect, test } from "vitest";
import { sqliteBackend } from "../faults/backend.ts";
import { actions } from "./action.ts";
import { EXAMPLES } from "./examples.ts";
import { play } from "./play.ts";

/** Real hubs that are killed and started again; on a busy machine that takes its time. */
const PATIENCE = { timeout: 180_000 };
const RUNS = 3;
const MOST = 12;

test.each(EXAMPLES)("%s", PATIENCE, async (_, run) => {
  await play(run, sqliteBackend);
});

test("whatever happens in whatever order, nothing is lost, doubled or out of order", PATIENCE, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const checked = await fc.check(
    fc.asyncProperty(actions(MOST), async (run) => void (await play(run, sqliteBackend))),
    { seed, numRuns: RUNS, endOnFailure: true },
  );
  const found = checked.failed ? { run: checked.counterexample?.[0], error: checked.errorInstance } : null;
  expect(found, `npm run test:chaos -- --seed ${seed} --runs ${RUNS} --most ${MOST}`).toBeNull();
});

import { afterAll, expect, test } from "vitest";
import type { Technology } from "./backend.ts";
import { failuresOf } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import { backends, peers, runFault } from "./run-fault.ts";

/** Small sizes of some faults, so that the test suite kills too. `npm run test:faults` runs them all, in full. */
const SUBSET: readonly (readonly [string, Technology, string])[] = [
  ["F01", "sqlite", "a hub killed while it accepts loses nothing that it acknowledged"],
  ["F02", "postgres", "a hub killed around the commit of a batch applies each message once"],
  ["F03", "sqlite", "a hub killed during a delivery asks again"],
  ["F04", "postgres", "a hub killed after an answer sends the same again"],
  ["F05", "sqlite", "what a target that knows no repetition may have is parked in doubt"],
  ["F07", "postgres", "messages that were in work in three crashes are delivered"],
  ["F12", "postgres", "a Redis that is emptied under load loses nothing"],
  ["F15", "postgres", "a Redis that evicts is refused"],
  ["F16", "postgres", "a PostgreSQL that is restarted under load loses nothing"],
  ["F20-AMI", "sqlite", "calls while the line to the exchange is cut are each told once"],
  ["F05-DATABASE", "postgres", "a statement whose answer got lost is parked in doubt"],
  ["F25", "sqlite", "whose fault a refusal is decides what comes of it"],
  ["F26", "postgres", "twenty posts of one event have one effect, also after a kill"],
  ["F27", "sqlite", "signed requests that somebody kept are refused"],
  ["F28", "sqlite", "of updates in any order the newest wins"],
  ["F32", "postgres", "a hub killed in the middle of a file applies each row once"],
  ["F36", "sqlite", "orderly restarts send nothing twice, and messages keep their mapping"],
  ["F37", "sqlite", "an old backup tells its gaps, and nothing is applied twice"],
];

const stores = backends();
const systems = peers();
afterAll(() => Promise.all([stores.close(), systems.close()]));

for (const [id, technology, sentence] of SUBSET) {
  test(`${id} on ${technology}: ${sentence}`, { timeout: 240_000 }, async () => {
    const fault = FAULTS.find((one) => one.id === id);
    if (fault === undefined) throw new Error(`there is no fault ${id}`);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const backend = await stores.of(technology);
    const { result } = await runFault(fault, {
      ...{ backend, seed, small: true, peer: systems.of },
      note: () => undefined,
    });
    if (result instanceof Error) throw result;
    expect(failuresOf(result), `seed ${seed}`).toEqual([]);
  });
}

import { expect, test } from "vitest";
import { sqliteBackend } from "./backend.ts";
import { duplicateEvent } from "./duplicate-event.ts";
import { type Fault, failuresOf } from "./fault.ts";
import { killAccept } from "./kill-accept.ts";
import { killBigFile } from "./kill-big-file.ts";
import { killInDelivery } from "./kill-delivery.ts";
import { runFault } from "./run-fault.ts";

/** Small sizes of some faults, so that the test suite kills hubs too. `npm run test:faults` runs them all, in full. */
const SUBSET: readonly (readonly [string, Fault])[] = [
  ["a hub killed while it accepts loses nothing that it acknowledged", killAccept],
  ["a hub killed during a delivery asks again, or parks what is in doubt", killInDelivery],
  ["twenty posts of one event have one effect, also after a kill", duplicateEvent],
  ["a hub killed in the middle of a file applies each row once", killBigFile],
];

for (const [sentence, fault] of SUBSET) {
  test(`${fault.id}: ${sentence}`, { timeout: 120_000 }, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { result } = await runFault(fault, {
      backend: sqliteBackend,
      seed,
      small: true,
      note: () => undefined,
    });
    if (result instanceof Error) throw result;
    expect(failuresOf(result), `seed ${seed}`).toEqual([]);
  });
}

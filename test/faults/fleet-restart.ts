import { setTimeout as pause } from "node:timers/promises";
import { check, type FaultRun, type Verdict } from "./fault.ts";
import { type LoadScene, underLoad } from "./load-scene.ts";
import { openOther } from "./other-hub.ts";
import type { Stage } from "./stage.ts";
import { until } from "./wait.ts";

const HUBS = 3;
const EVERY_MS = 5_000;
/** The longest that an orderly stop may take; milliseconds. */
const DRAIN = 25_000;

/** Three hubs share a store under load, and one after the other is stopped in an orderly way and started again. */
export async function fleetRestarts(run: FaultRun): Promise<Verdict> {
  return underLoad(run, { delay: 20 }, async (scene) => {
    const others = await Promise.all(Array.from({ length: HUBS - 1 }, () => openOther(scene.stage)));
    try {
      await until(async () => (await owners(scene.stage)) === HUBS, 60_000);
      const codes: (number | null)[] = [];
      const took: number[] = [];
      for (let n = 0; n < run.size(2, 1) * HUBS; n++) {
        const other = others[n % HUBS];
        const started = performance.now();
        codes.push(await (other ?? scene).hub().stop());
        took.push(performance.now() - started);
        // Nothing stands still meanwhile: what the stopped one had, the others have.
        if (other !== undefined) await scene.acked(20);
        await (other ?? scene).restart();
        await scene.applied(20);
        await pause(Math.max(0, EVERY_MS - (performance.now() - started)));
      }
      run.note(`three hubs, stopped within ${took.map((ms) => ms.toFixed(0)).join(", ")} ms`);
      await until(async () => (await owners(scene.stage)) === HUBS, 60_000);
      const atWork = await owners(scene.stage);
      return [
        check("three hubs: all have lanes again", atWork === HUBS, atWork),
        check(
          "three hubs: each ends with exit code 0",
          codes.every((code) => code === 0),
          codes.join(" "),
        ),
        check(
          "three hubs: within 25 s",
          took.every((ms) => ms < DRAIN),
          `at most ${Math.max(...took).toFixed(0)} ms`,
        ),
        check("three hubs: nothing is sent twice for it", again(scene) === 0, again(scene)),
      ];
    } finally {
      for (const other of others) await other.close();
    }
  });
}

/** How many hubs have lanes. */
async function owners({ store }: Stage): Promise<number> {
  const rows = await store.all(
    "SELECT owner FROM lane WHERE lane < 256 AND owner IS NOT NULL GROUP BY owner",
  );
  return rows.length;
}

/** Requests beyond the first of a delivery. */
function again({ target }: LoadScene): number {
  const ids = target.requests().map(({ id }) => id);
  return ids.length - new Set(ids).size;
}

import { setTimeout as pause } from "node:timers/promises";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { underLoad } from "./load-scene.ts";
import { openOther } from "./other-hub.ts";
import type { Stage } from "./stage.ts";

/** F06: a process stands still in the middle of its work, for longer than its lease, and goes on as if nothing had been. */
export const frozen: Fault = {
  id: "F06",
  title: "a hub is frozen for 60 s and goes on; where two share the store, the other takes its work over",
  tries: "I1 I2 I3 I8",
  pace: "waits",
  run: (run) => (run.backend.technology === "postgres" ? oneOfTwo(run) : alone(run)),
};

async function alone(run: FaultRun): Promise<Verdict> {
  return underLoad(run, { delay: 20 }, async ({ hub, stage, acked, applied }) => {
    hub().signal("SIGSTOP");
    await pause(run.size(60_000, 8_000));
    const second = await startHubProcess({
      ...{ dir: stage.dir, data: stage.data, port: await freePort(), doomed: true },
      env: { ...stage.env, ...stage.store.env },
    });
    await Promise.race([second.ended, pause(20_000)]);
    const refused = second.exitCode() !== null && second.output().includes("TL_CONFLICT");
    await second.kill();
    hub().signal("SIGCONT");
    await acked(20);
    await applied(20);
    return [check("a second hub is refused while the first stands still", refused)];
  });
}

async function oneOfTwo(run: FaultRun): Promise<Verdict> {
  return underLoad(run, { delay: 20 }, async ({ stage, acked, applied }) => {
    const second = await openOther(stage);
    const other = second.hub();
    try {
      const shares = async () => (await lanes(stage)).map(({ n }) => n);
      for (let waits = 0; (await shares()).length < 2 && waits < 300; waits++) await pause(100);
      const before = await shares();
      other.signal("SIGSTOP");
      const stopped = performance.now();
      // Everything that is accepted now takes effect, also of the keys that were the other's.
      await acked(50);
      await pause(run.size(60_000, 34_000) - (performance.now() - stopped));
      const taken = await shares();
      other.signal("SIGCONT");
      await acked(50);
      await applied(20);
      for (let waits = 0; (await shares()).length < 2 && waits < 300; waits++) await pause(100);
      const after = await shares();
      run.note(
        `lanes by hub: ${before.join(" and ")}; frozen: ${taken.join(" and ")}; afterwards: ${after.join(" and ")}`,
      );
      const code = await other.stop();
      return [
        check("both hubs were at work", before.length === 2, before.join(" and ")),
        check("the other took over the lanes of the frozen one", taken.length === 1, taken.join(" and ")),
        check(
          "the frozen one goes on, and stops with exit code 0",
          code === 0,
          `${code}: ${after.join(" and ")} lanes`,
        ),
      ];
    } finally {
      await second.close();
    }
  });
}

/** How many lanes each hub has. */
async function lanes({ store }: Stage): Promise<readonly { readonly n: number }[]> {
  return store.all<{ n: number }>(
    "SELECT count(*) AS n FROM lane WHERE owner IS NOT NULL GROUP BY owner HAVING count(*) > 1 ORDER BY owner",
  );
}

import { setTimeout as pause } from "node:timers/promises";
import { check, type Fault } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { underLoad } from "./load-scene.ts";

/** F06: the hub stands still for a minute in the middle of its work, and goes on as if nothing had been. */
export const frozen: Fault = {
  id: "F06",
  title: "the hub is frozen for 60 s, and goes on",
  tries: "I1 I2 I3 I8",
  run: (run) =>
    underLoad(run, { delay: 20 }, async ({ hub, stage, acked, applied }) => {
      const rounds = run.size(2, 1);
      let refused = 0;
      for (let round = 0; round < rounds; round++) {
        hub().signal("SIGSTOP");
        await pause(run.size(60_000, 8_000) / rounds);
        const second = await startHubProcess({
          ...{ dir: stage.dir, data: stage.data, port: await freePort(), doomed: true },
          env: { ...stage.env, ...stage.store.env },
        });
        await Promise.race([second.ended, pause(20_000)]);
        if (second.exitCode() !== null && second.output().includes("TL_CONFLICT")) refused += 1;
        await second.kill();
        hub().signal("SIGCONT");
        await acked(20);
        await applied(20);
      }
      return [check("a second hub is refused while the first stands still", refused === rounds, refused)];
    }),
};

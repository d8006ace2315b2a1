import { setTimeout as pause } from "node:timers/promises";
import type { Mode } from "../fakes/http-target.ts";
import { joinVerdicts, perId } from "./delivery-scene.ts";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { underLoad } from "./load-scene.ts";

/** K04: the hub is killed again and again at a random moment while it delivers, to targets of all three kinds. */
export const killLoad: Fault = {
  id: "K04",
  title: "kill -9 again and again while it delivers",
  tries: "I1 I2 I3 I8",
  async run(run) {
    const kills = run.size(30, 3);
    return joinVerdicts([
      await killed(run, "dedupe", kills / 3),
      await killed(run, "sequence", kills / 3),
      await killed(run, "none", kills / 3),
    ]);
  },
};

async function killed(run: FaultRun, mode: Mode, kills: number): Promise<Verdict> {
  return underLoad(run, { mode, delay: 20 }, async (scene) => {
    for (let n = 0; n < kills; n++) {
      await pause(300 + run.random.int(1200));
      await scene.hub().kill();
      await scene.restart();
      await scene.applied(10);
    }
    const requests = scene.target.requests();
    const twice = [...perId(requests).values()].filter((group) => group.length > 1);
    const effects = twice.filter((group) => group.filter(({ effect }) => effect).length > 1).length;
    const [doubt] = await scene.stage.store.all<{ n: number }>(
      "SELECT count(*) AS n FROM delivery WHERE state = 4",
    );
    run.note(
      `${mode}: ${kills} kills, ${requests.length} requests, ${twice.length} again, ${doubt?.n} in doubt`,
    );
    return mode === "none"
      ? [
          check(
            "a target that tells nothing: nothing is sent twice",
            twice.length === 0,
            `${twice.length} again`,
          ),
          check(
            "its window is what was under way at a kill, and is parked in doubt",
            (doubt?.n ?? 0) <= kills * AT_ONCE,
            `${doubt?.n} of ${requests.length} requests`,
          ),
        ]
      : [
          check(
            `a target that tells by ${mode}: what is sent again has no second effect`,
            effects === 0,
            `${twice.length} sent again, ${effects} effects twice`,
          ),
          check(`${mode}: nothing is in doubt`, doubt?.n === 0, doubt?.n),
        ];
  });
}

/** Requests of a route that are under way at once. */
const AT_ONCE = 4;

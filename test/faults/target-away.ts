import { setTimeout as pause } from "node:timers/promises";
import { countedAgainst } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { underLoad } from "./load-scene.ts";

/** One real message at a time asks whether the target is back: after 1, 2, 4 … 30 s. */
const PROBES_PER_MINUTE = 8;

/** F20: nobody listens at the target's address for minutes. */
export const targetAway: Fault = {
  id: "F20",
  title: "the target is away for 5 minutes",
  tries: "I1 I2 I3 I8",
  pace: "waits",
  run: (run) =>
    underLoad(run, { rest: run.size(500, 40) }, async ({ target, stage, senders, hub, acked }) => {
      const before = senders.acked.length;
      await target.stop();
      const away = run.size(300_000, 10_000);
      await pause(away);
      const accepted = senders.acked.length - before;
      const [probes] = await stage.store.all<{ n: number }>(
        "SELECT count(*) AS n FROM attempt WHERE code = 'TL_TARGET_UNAVAILABLE'",
      );
      const counted = await countedAgainst(stage.store);
      const seen = hub().output().split('"event":"waits"').length - 1;
      await target.start();
      await acked(20);
      const limit = 4 + PROBES_PER_MINUTE * Math.max(1, away / 60_000);
      run.note(`${accepted} accepted while it was away, ${probes?.n} attempts at it`);
      return [
        check("the hub accepts meanwhile", accepted > 0, accepted),
        check(
          `at most ${limit} attempts: four at once, then one at a time`,
          (probes?.n ?? 0) <= limit,
          probes?.n,
        ),
        check("no attempt is counted against a message", counted === 0, counted),
        check("the hub says once that the route waits", seen === 1, seen),
      ];
    }),
};

import { setTimeout as pause } from "node:timers/promises";
import { check, type Fault } from "./fault.ts";
import { underPostgresLoad } from "./postgres-scene.ts";

/** K03: the line to PostgreSQL is cut before and after commits, at any moment, and goes dead without a word. */
export const postgresLine: Fault = {
  id: "K03",
  title: "the line to PostgreSQL is cut at commits, and goes dead",
  tries: "I1 I2 I3 I8",
  on: ["postgres"],
  run: (run) =>
    underPostgresLoad(run, {}, async ({ line, applied, senders }) => {
      const cuts = run.size(10, 2);
      for (let n = 0; n < cuts; n++) {
        await line.cutAt("COMMIT", n % 2 === 0 ? "answer" : "request");
        await pause(run.random.int(400));
        line.mend();
        await applied(20);
        line.cut();
        await pause(run.random.int(400));
        line.mend();
        await applied(20);
      }
      const before = senders.refusals();
      if (run.size(1, 0) === 1) {
        line.hush(0);
        const took = await applied(20);
        run.note(`a dead line was given up after ${(took / 1000).toFixed(1)} s`);
      }
      return [check("the line was cut under load", before > 0, `${before} posts refused, ${2 * cuts} cuts`)];
    }),
};

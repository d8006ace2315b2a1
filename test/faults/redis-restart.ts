import { setTimeout as pause } from "node:timers/promises";
import { check, type Fault } from "./fault.ts";
import { LOST, underRedisLoad } from "./redis-scene.ts";

/** Milliseconds within which wake-ups must arrive again. */
const RESUME = 5_000;

/** F10: Redis is stopped in an orderly way and started again, again and again, under load. */
export const redisRestart: Fault = {
  id: "F10",
  title: "Redis is restarted under load",
  tries: "I1 I2 I3 I8",
  on: ["postgres"],
  run: (run) =>
    underRedisLoad(run, { appendonly: "yes" }, async (scene) => {
      const took: number[] = [];
      const rounds = run.size(3, 1);
      for (let round = 0; round < rounds; round++) {
        // Its connection ends with the answer, so there is none.
        await scene.redis.ask("SHUTDOWN").catch(() => undefined);
        await pause(3_000);
        await scene.applied(20);
        await scene.redis.start();
        took.push(await scene.backAgain());
        await scene.applied(20);
        run.note(`wake-ups arrive again ${took.at(-1)?.toFixed(0)} ms after Redis is back`);
      }
      return [
        check("the hub says so, once each time", scene.said(LOST) === rounds, scene.said(LOST)),
        check(
          "wake-ups arrive again within 5 s",
          took.every((ms) => ms < RESUME),
          took.map((ms) => `${ms.toFixed(0)} ms`).join(", "),
        ),
      ];
    }),
};

import { check, type Fault } from "./fault.ts";
import { LOST, underRedisLoad, workFor } from "./redis-scene.ts";

const RESUME = 5_000;

/** F11: Redis is killed and stays away longer than any library waits by default. */
export const redisAway: Fault = {
  id: "F11",
  title: "Redis is away for 20 s",
  tries: "I1 I2 I3 I8",
  on: ["postgres"],
  run: (run) =>
    underRedisLoad(run, {}, async (scene) => {
      await scene.redis.kill();
      const away = run.size(20_000, 6_000);
      const acked = await workFor(scene, away);
      const longest = await scene.applied(20);
      await scene.redis.start();
      const took = await scene.backAgain();
      const before = scene.said(LOST);
      await scene.applied(50);
      run.note(`${acked} accepted while it was away; wake-ups arrive again after ${took.toFixed(0)} ms`);
      return [
        check("the hub accepts while it is away", acked > 0, `${acked} in ${away / 1000} s`),
        check("and finishes what it accepts", longest < 30_000, `20 more within ${longest.toFixed(0)} ms`),
        check("it says so once", before === 1, before),
        check("wake-ups arrive again within 5 s", took < RESUME, `${took.toFixed(0)} ms`),
      ];
    }),
};

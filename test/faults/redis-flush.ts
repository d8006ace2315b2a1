import { check, type Fault } from "./fault.ts";
import { LOST, underRedisLoad } from "./redis-scene.ts";

/** Milliseconds within which all must be finished that was accepted before. */
const DRAIN = 30_000;

/** F12: all that Redis holds is thrown away in the middle of the load; then it is killed and comes back empty. */
export const redisFlush: Fault = {
  id: "F12",
  title: "FLUSHALL, and an empty Redis, in the middle of a load",
  tries: "I1 I2 I3 I8",
  on: ["postgres"],
  run: (run) =>
    underRedisLoad(run, {}, async (scene) => {
      const times = run.size(20, 4);
      for (let n = 0; n < times; n++) {
        await scene.redis.ask("FLUSHALL");
        await scene.acked(20);
      }
      const said = scene.said(LOST);
      const after = await scene.applied(50);
      await scene.redis.kill();
      await scene.redis.start();
      await scene.backAgain();
      const again = await scene.applied(50);
      run.note(
        `emptied ${times} times; 50 more took effect within ${after.toFixed(0)} and ${again.toFixed(0)} ms`,
      );
      return [
        check("work goes on within 30 s", Math.max(after, again) < DRAIN, `${after.toFixed(0)} ms`),
        check("to be emptied is no outage", said === 0, `said ${said} times`),
      ];
    }),
};

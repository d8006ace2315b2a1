import { check, type Fault } from "./fault.ts";
import { LOST, underRedisLoad, workFor } from "./redis-scene.ts";
import { until } from "./wait.ts";

const LIMIT = 12 * 1024 * 1024;

/** F14: Redis has no memory left and evicts nothing, so it refuses what it is told. */
export const redisFull: Fault = {
  id: "F14",
  title: "Redis has no memory left",
  tries: "I1 I2 I3 I5 I8",
  on: ["postgres"],
  run: (run) =>
    underRedisLoad(run, { maxmemory: String(LIMIT) }, async (scene) => {
      let filled = 0;
      const junk = "x".repeat(64 * 1024);
      for (let full = false; !full; filled++) {
        full = await scene.redis.ask("SET", `junk:${filled}`, junk).then(
          () => false,
          () => true,
        );
      }
      // Small texts may still have found room.
      await scene.redis.ask("CONFIG", "SET", "maxmemory", String(LIMIT - 1024 * 1024));
      await until(() => scene.said(LOST) > 0, 60_000);
      const said = scene.said(LOST);
      const acked = await workFor(scene, run.size(15_000, 3_000));
      await scene.applied(50);
      const rss = await scene.hub().rss();
      for (let n = 0; n < filled; n++) await scene.redis.ask("DEL", `junk:${n}`);
      await scene.redis.ask("CONFIG", "SET", "maxmemory", String(LIMIT));
      const took = await scene.backAgain();
      await scene.applied(50);
      run.note(`full after ${filled} texts of 64 KiB; ${acked} accepted meanwhile`);
      return [
        check("the hub says that wake-ups are lost", said === 1, said),
        check("it accepts and finishes meanwhile", acked > 0, acked),
        check(
          "its memory stays below 300 MiB",
          rss < 300 * 1024 * 1024,
          `${(rss / 1024 / 1024).toFixed(0)} MiB`,
        ),
        check("with memory again, wake-ups arrive", took < 30_000, `${took.toFixed(0)} ms`),
      ];
    }),
};

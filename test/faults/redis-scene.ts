import { setTimeout as pause } from "node:timers/promises";
import { type PrivateRedis, startRedis } from "../fakes/redis.ts";
import { type Check, check, type FaultRun, type Verdict } from "./fault.ts";
import { type LoadScene, underLoad } from "./load-scene.ts";
import { until } from "./wait.ts";

/** A hub at work that is woken through a Redis of its own. */
export interface RedisScene extends LoadScene {
  readonly redis: PrivateRedis;
  /** How often the hub said so. */
  said(line: string): number;
  /** Resolves when wake-ups arrive again, with the milliseconds it took. */
  backAgain(): Promise<number>;
}

/** What the hub says, once each time. */
export const LOST = "wake-ups are lost";
export const BACK = "wake-ups arrive again";

/** @param settings of redis.conf */
export async function underRedisLoad(
  run: FaultRun,
  settings: Readonly<Record<string, string>>,
  act: (scene: RedisScene) => Promise<readonly Check[]>,
): Promise<Verdict> {
  const redis = await startRedis(settings);
  try {
    const env = { TIELINE_DISPATCH: `redis://127.0.0.1:${redis.port}` };
    return await underLoad(run, { env }, async (scene) => {
      const said = (line: string): number => scene.hub().output().split(line).length - 1;
      const checks = await act({
        ...scene,
        redis,
        said,
        async backAgain() {
          const started = performance.now();
          await until(() => said(BACK) >= said(LOST), 60_000);
          return performance.now() - started;
        },
      });
      return [
        ...checks,
        check(
          "Redis away or not: no post was refused",
          scene.senders.refusals() === 0,
          `${scene.senders.refusals()} refused`,
        ),
      ];
    });
  } finally {
    await redis.close();
  }
}

/** Lets the hub work for a while, with what it did. */
export async function workFor(scene: LoadScene, milliseconds: number): Promise<number> {
  const before = scene.senders.acked.length;
  await pause(milliseconds);
  return scene.senders.acked.length - before;
}

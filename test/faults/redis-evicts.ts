import { startRedis } from "../fakes/redis.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";

/** F15: a Redis that throws away what it holds when memory is short, under each name that this has. */
export const redisEvicts: Fault = {
  id: "F15",
  title: "a Redis that evicts is refused at the start",
  tries: "I1 I4",
  on: ["postgres"],
  async run({ backend, size, note }) {
    const policies = ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-ttl"].slice(0, size(4, 1));
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK },
      flows: { events: eventsFlow() },
    });
    const checks: Check[] = [];
    for (const policy of policies) {
      const redis = await startRedis({ "maxmemory-policy": policy, maxmemory: "64mb" });
      const hub = await stage.start({
        doomed: true,
        env: { TIELINE_DISPATCH: `redis://127.0.0.1:${redis.port}` },
      });
      await hub.ended;
      const output = hub.output();
      const code = hub.exitCode();
      checks.push(
        check(`${policy}: the hub does not begin`, code !== null && code > 0, `exit code ${code}`),
        check(
          `${policy}: it names the setting and the cure`,
          output.includes(policy) && output.includes("Set maxmemory-policy noeviction"),
        ),
      );
      note(output.trim().split("\n").slice(0, 2).join(" ").slice(0, 160));
      await redis.close();
    }
    await stage.remove();
    return { table: NOTHING_SENT, checks };
  },
};

/** Nothing was sent, so there is nothing to lose. */
const NOTHING_SENT = {
  ...{ acked: 0, appliedOnce: 0, parked: 0, duplicateRequests: 0, duplicateEffects: 0 },
  ...{ orderViolations: 0, lost: 0, drainMs: 0 },
};

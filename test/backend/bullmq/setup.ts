import { onTestFinished } from "vitest";
import type { RedisAddress } from "../../../src/backend/bullmq/address.ts";
import { openBullmqDispatcher } from "../../../src/backend/bullmq/dispatcher.ts";
import type { Dispatcher } from "../../../src/dispatch/dispatcher.ts";
import { counted } from "../../conformance/dispatcher.ts";
import { type PrivateRedis, startRedis } from "../../fakes/redis.ts";

/** Longer than any test: work that begins was woken. */
export const NEVER = 3_600_000;

/** Where a private Redis is. */
export function addressOf(
  redis: { readonly port: number },
  changes: Partial<RedisAddress> = {},
): RedisAddress {
  return {
    ...{ host: "127.0.0.1", port: redis.port, database: 0 },
    ...{ user: undefined, password: undefined, tls: { mode: "none" } },
    ...changes,
  };
}

/** A dispatcher with all that it tells: `lost` with the code, `back`, `deaf`. Closed with the test. */
export async function opened(address: RedisAddress, canaryMs = 5_000) {
  const told: string[] = [];
  const dispatcher = await openBullmqDispatcher(address, {
    ...{ now: Date.now, canaryMs },
    failed: (error) => {
      throw error;
    },
    news: {
      lost: (error) => told.push(`lost ${error.code}`),
      back: () => told.push("back"),
      deaf: () => told.push("deaf"),
    },
  });
  onTestFinished(() => dispatcher.close());
  return { dispatcher, told };
}

/** A private Redis, ended with the test. */
export async function freshRedis(settings: Readonly<Record<string, string>> = {}): Promise<PrivateRedis> {
  const redis = await startRedis(settings);
  onTestFinished(() => redis.close());
  return redis;
}

/** A Redis and a hub's worker on it that has done its first work. */
export async function setup({ pollMs = NEVER, canaryMs = 5_000 } = {}) {
  const redis = await freshRedis();
  const { dispatcher, told } = await opened(addressOf(redis), canaryMs);
  const calls = counted();
  dispatcher.onWake(calls.work, pollMs);
  return { redis, dispatcher, told, calls };
}

/** Wakes until a wake-up arrives: the first after an outage may be lost. */
export function wakesAgain(dispatcher: Dispatcher, calls: { readonly ended: number }): () => boolean {
  const before = calls.ended;
  return () => {
    dispatcher.wake();
    return calls.ended > before;
  };
}

import { afterAll, beforeAll } from "vitest";
import { openBullmqDispatcher } from "../../../src/backend/bullmq/dispatcher.ts";
import { describeDispatcher } from "../../conformance/dispatcher.ts";
import { type PrivateRedis, startRedis } from "../../fakes/redis.ts";
import { addressOf } from "./setup.ts";

let redis: PrivateRedis;

beforeAll(async () => {
  redis = await startRedis();
}, 120_000);

afterAll(() => redis.close());

function never(): void {
  throw new Error("Redis was there all the time");
}

describeDispatcher("BullMQ", async () => {
  await redis.ask("FLUSHALL");
  const failures: unknown[] = [];
  const dispatcher = await openBullmqDispatcher(addressOf(redis), {
    now: Date.now,
    failed: (error) => failures.push(error),
    news: { lost: never, back: never, deaf: never },
  });
  return { dispatcher, failures, dispose: () => dispatcher.close() };
});

import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "bullmq";
import { describe, expect, it, onTestFinished } from "vitest";
import { counted, until } from "../../conformance/dispatcher.ts";
import { addressOf, freshRedis, NEVER, opened, setup, wakesAgain } from "./setup.ts";

/** A worker that keeps each job in its hand until it is told to let go. */
function holdingWorker({ port }: { readonly port: number }) {
  let letGo: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const held: string[] = [];
  const worker = new Worker(
    "{tieline}",
    async ({ name }) => {
      held.push(name);
      await told;
    },
    { connection: { port, maxRetriesPerRequest: null }, concurrency: 10, lockDuration: 60_000 },
  );
  worker.on("error", () => undefined);
  const die = async (): Promise<void> => worker.close(true);
  onTestFinished(die);
  return { held, letGo, die };
}

const KEY = "bull:{tieline}:";

describe("wake-ups in Redis", () => {
  it("are few, whatever the number of calls and of times, and say nothing but their kind", async () => {
    const redis = await freshRedis();
    const { dispatcher } = await opened(addressOf(redis));
    const start = Date.now();
    for (let n = 0; n < 10_000; n++) {
      dispatcher.wake();
      dispatcher.wakeAt(start + 30_000 + (n % 1_000));
      dispatcher.wakeAt(start + NEVER + n);
    }
    const count = async (command: string, list: string): Promise<number> =>
      Number(await redis.ask(command, `${KEY}${list}`));
    await until(async () => (await count("LLEN", "wait")) === 2);
    await until(async () => (await count("ZCARD", "delayed")) >= 10);
    await pause(300);
    expect(await count("LLEN", "wait")).toBe(2);
    expect(await count("ZCARD", "delayed")).toBeLessThanOrEqual(11);

    const keys = (await redis.ask("KEYS", `${KEY}*`)) as readonly string[];
    const jobs = keys.filter((key) => /:(\d+|canary-[-\da-f]{36})$/.test(key));
    expect(jobs.length).toBeGreaterThanOrEqual(12);
    for (const job of jobs) {
      expect(await redis.ask("HGET", job, "data")).toBe("{}");
      expect(["wake", "at", "canary"]).toContain(await redis.ask("HGET", job, "name"));
    }
  });

  it("leave nothing behind when they have been heard", async () => {
    const { redis, dispatcher, calls } = await setup();
    for (let n = 0; n < 300; n++) {
      dispatcher.wake();
      dispatcher.wakeAt(Date.now() + n);
      await pause(5);
    }
    await until(wakesAgain(dispatcher, calls));
    await until(async () => Number(await redis.ask("ZCARD", `${KEY}delayed`)) === 0);
    const keys = (await redis.ask("KEYS", "*")) as readonly string[];
    // No list of what is done or failed; of jobs at most one that is under way.
    expect(keys.filter((key) => /:(completed|failed|stalled)$/.test(key))).toEqual([]);
    expect(keys.filter((key) => /:\d+(:lock)?$/.test(key)).length).toBeLessThanOrEqual(4);
    expect(Number(await redis.ask("XLEN", `${KEY}events`))).toBeLessThanOrEqual(200);
  });

  it("that come while another is being heard are heard after it", async () => {
    const redis = await freshRedis();
    const { dispatcher } = await opened(addressOf(redis));
    const { held, letGo } = holdingWorker(redis);
    dispatcher.wake();
    await until(() => held.includes("wake"));
    for (let n = 0; n < 100; n++) dispatcher.wake();
    await pause(200);
    letGo();
    await until(() => held.filter((name) => name === "wake").length === 2);
  });

  it("arrive though a worker died with one in its hand", async () => {
    const redis = await freshRedis();
    const first = await opened(addressOf(redis));
    const { held, die } = holdingWorker(redis);
    first.dispatcher.wake();
    await until(() => held.includes("wake") && held.includes("canary"));
    await die();
    const { dispatcher, told } = await opened(addressOf(redis), 300);
    const calls = counted();
    dispatcher.onWake(calls.work, NEVER);
    await until(wakesAgain(dispatcher, calls));
    await until(wakesAgain(dispatcher, calls));
    expect(told).toEqual([]);
  });

  it("of one hub's process begin the work of another", async () => {
    const redis = await freshRedis();
    const [front, worker] = await Promise.all([opened(addressOf(redis)), opened(addressOf(redis))]);
    const calls = counted();
    worker.dispatcher.onWake(calls.work, NEVER);
    await until(() => calls.ended === 1);
    front.dispatcher.wake();
    await until(() => calls.ended === 2);
    front.dispatcher.wakeAt(Date.now() + 100);
    await until(() => calls.ended === 3);
    expect([...front.told, ...worker.told]).toEqual([]);
  });

  it("come to every process that works, since any may have the lane", async () => {
    const redis = await freshRedis();
    const others = await Promise.all(Array.from({ length: 3 }, () => opened(addressOf(redis), 300)));
    const works = others.map(({ dispatcher }) => {
      const calls = counted();
      dispatcher.onWake(calls.work, NEVER);
      return calls;
    });
    const front = await opened(addressOf(redis));
    await until(() => works.every(({ ended }) => ended > 0));
    for (let round = 0; round < 5; round++) {
      const before = works.map(({ ended }) => ended);
      await until(() => {
        front.dispatcher.wake();
        return works.every(({ ended }, index) => ended > (before[index] ?? 0));
      });
    }
    // Nor does one that another's canary went to seem deaf.
    await pause(2_000);
    expect([front, ...others].flatMap(({ told }) => told)).toEqual([]);
  });

  it("of hubs that share a server in databases of their own do not meet", async () => {
    const redis = await freshRedis();
    const [one, other] = await Promise.all([0, 1].map((database) => opened(addressOf(redis, { database }))));
    const calls = counted();
    one?.dispatcher.onWake(calls.work, NEVER);
    await until(() => calls.ended === 1);
    for (let n = 0; n < 20; n++) {
      other?.dispatcher.wake();
      await pause(20);
    }
    expect(calls.ended).toBe(1);
  });
});

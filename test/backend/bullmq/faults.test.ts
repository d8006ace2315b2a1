import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { counted, until } from "../../conformance/dispatcher.ts";
import { stoppedRedis } from "../../fakes/redis.ts";
import { tcpProxy } from "../../fakes/tcp-proxy.ts";
import { addressOf, freshRedis, NEVER, opened, setup, wakesAgain } from "./setup.ts";

type Command = readonly [string, ...string[]];

const AWAY = "lost TL_DISPATCH_UNAVAILABLE";
const UNFIT = "lost TL_CONFIG_INVALID";

describe("a hub whose Redis", () => {
  it("is emptied in the middle of load finds all that was stored, and is woken again", async () => {
    const { redis, dispatcher, told, calls } = await setup({ pollMs: 500 });
    let stored = 0;
    let done = 0;
    const work = counted(async () => {
      done = stored;
    });
    const worker = await opened(addressOf(redis));
    worker.dispatcher.onWake(work.work, 500);
    for (let round = 0; round < 20; round++) {
      for (let n = 0; n < 20; n++) {
        stored += 1;
        dispatcher.wake();
        dispatcher.wakeAt(Date.now() + n * 20);
        await pause(1);
      }
      await redis.ask("FLUSHALL");
    }
    await until(() => done === stored);
    await until(wakesAgain(dispatcher, calls));
    expect([...told, ...worker.told]).toEqual([]);
  });

  it("is killed goes on by polling, says so once, and is woken again when it is back", async () => {
    const polling = await setup({ pollMs: 50 });
    const woken = counted();
    const other = await opened(addressOf(polling.redis));
    other.dispatcher.onWake(woken.work, NEVER);
    await until(() => woken.ended === 1);
    for (const round of [1, 2]) {
      await polling.redis.kill();
      await until(() => polling.told.length === 2 * round - 1);
      const before = polling.calls.ended;
      for (let n = 0; n < 10_000; n++) expect(polling.dispatcher.wake()).toBeUndefined();
      polling.dispatcher.wakeAt(Date.now() + 50);
      await until(() => polling.calls.ended > before + 5);

      await polling.redis.start();
      await until(() => other.told.length === 2 * round && polling.told.length === 2 * round);
      await until(wakesAgain(other.dispatcher, woken));
    }
    expect(polling.told).toEqual([AWAY, "back", AWAY, "back"]);
    expect(other.told).toEqual(polling.told);
  });

  it("is not there at the start works by polling until it comes", async () => {
    const redis = await stoppedRedis();
    onTestFinished(() => redis.close());
    const { dispatcher, told } = await opened(addressOf(redis));
    const calls = counted();
    dispatcher.onWake(calls.work, 20);
    dispatcher.wake();
    await until(() => calls.ended > 5);
    expect(told).toEqual([AWAY]);
    await redis.start();
    await until(() => told.length > 1);
    expect(told).toEqual([AWAY, "back"]);
  });

  it("says nothing when it is called does not keep it from beginning", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { dispatcher, told } = await opened(addressOf(silent.address() as AddressInfo));
    expect(told).toEqual([AWAY]);
    const calls = counted();
    dispatcher.onWake(calls.work, 20);
    await until(() => calls.ended > 5);
  });

  it("stands still for a while keeps nobody waiting, and nothing is said", async () => {
    const { redis, dispatcher, told, calls } = await setup({ pollMs: 50 });
    await until(() => calls.ended > 1);
    await redis.ask("CLIENT", "PAUSE", "1500", "ALL");
    const before = calls.ended;
    for (let n = 0; n < 1_000; n++) dispatcher.wake();
    await until(() => calls.ended > before + 10);
    await until(async () => (await redis.ask("PING")) === "PONG");
    await until(wakesAgain(dispatcher, calls));
    expect(told).toEqual([]);
  });

  it("stands still for long counts as away, and is woken again", async () => {
    const { redis, dispatcher, told, calls } = await setup();
    await until(() => calls.ended === 1);
    await redis.ask("CLIENT", "PAUSE", "5000", "ALL");
    dispatcher.wake();
    await until(() => told.includes("back"));
    await until(wakesAgain(dispatcher, calls));
    expect(told).toEqual([AWAY, "back"]);
  });

  it("closes every connection is woken again", async () => {
    const { redis, dispatcher, told, calls } = await setup();
    for (let round = 1; round <= 3; round++) {
      await redis.ask("CLIENT", "KILL", "TYPE", "normal");
      await until(() => told.length === 2 * round);
      await until(wakesAgain(dispatcher, calls));
    }
    expect(told).toEqual([AWAY, "back", AWAY, "back", AWAY, "back"]);
  });

  it("begins to evict is not woken through it any more, until that is mended", async () => {
    const { redis, dispatcher, told, calls } = await setup();
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await redis.ask("CLIENT", "KILL", "TYPE", "normal");
    await until(() => told.length === 2);
    expect(told).toEqual([AWAY, UNFIT]);
    await pause(500);
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await until(() => told.length > 2);
    expect(told).toEqual([AWAY, UNFIT, "back"]);
    await until(wakesAgain(dispatcher, calls));
  });

  it.each<[string, Command, Command]>([
    ["has no memory left", ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]],
    ["becomes a replica", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]],
  ])("%s goes on without it, and is woken again", async (_, breaks, mends) => {
    const { redis, dispatcher, told, calls } = await setup({ canaryMs: 300 });
    await until(() => calls.ended === 1);
    await redis.ask(...breaks);
    await until(() => told.length > 0);
    await pause(500);
    expect(told).toEqual([AWAY]);
    await redis.ask(...mends);
    await until(() => told.length > 1);
    expect(told).toEqual([AWAY, "back"]);
    await until(wakesAgain(dispatcher, calls));
  });

  it("does not reach the worker any more, though it is connected, gets another worker", async () => {
    const redis = await freshRedis();
    const line = await tcpProxy({ host: "127.0.0.1", port: redis.port });
    onTestFinished(() => line.close());
    const { dispatcher, told } = await opened(addressOf(line), 300);
    const calls = counted();
    dispatcher.onWake(calls.work, NEVER);
    await until(wakesAgain(dispatcher, calls));
    await until(wakesAgain(dispatcher, calls));
    // The connection that puts wake-ups is older than those of the worker.
    line.hush(1);
    await until(() => told.includes("deaf"));
    await until(wakesAgain(dispatcher, calls));
    expect(told).toEqual(["deaf"]);
  });

  it("has its queue paused by somebody is woken again", async () => {
    const { redis, dispatcher, told, calls } = await setup({ canaryMs: 300 });
    await until(wakesAgain(dispatcher, calls));
    await redis.ask("HSET", "bull:{tieline}:meta", "paused", "1");
    await redis.ask("DEL", "bull:{tieline}:marker");
    await until(() => told.includes("deaf"));
    await until(wakesAgain(dispatcher, calls));
  });
});

import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { untilDeadline } from "../../src/flow/until-deadline.ts";

const FAR = 60_000;

it("work is told of the end of its time", async () => {
  const told = untilDeadline(new AbortController().signal, 20, async (signal) => {
    await once(signal, "abort");
    throw signal.reason;
  });
  await expect(told).rejects.toMatchObject({ name: "TimeoutError" });
});

it("work is told why everything closes, also when it begins after that", async () => {
  const closing = new AbortController();
  const reason = new Error("the hub is stopping");
  const told = untilDeadline(closing.signal, FAR, async (signal) => {
    await once(signal, "abort");
    return signal.reason;
  });
  closing.abort(reason);
  expect(await told).toBe(reason);
  expect(await untilDeadline(closing.signal, FAR, async (signal) => signal.reason)).toBe(reason);
});

it("I5: what is over is not remembered by the signal that lives on", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = async (): Promise<number> => {
    await pause(20);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const closing = new AbortController();
  const some = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await untilDeadline(closing.signal, FAR, async () => n);
  };
  await some(1_000);
  const before = await held();
  await some(50_000);
  // AbortSignal.any of the same keeps 60 bytes and more of each.
  expect((await held()) - before).toBeLessThan(1_000_000);
});

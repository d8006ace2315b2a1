import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { Dispatcher } from "../../src/dispatch/dispatcher.ts";

/** A dispatcher under test, with what failed in its work so far. */
export interface DispatcherUnderTest {
  readonly dispatcher: Dispatcher;
  readonly failures: readonly unknown[];
  /** Closes it, and what it runs on. */
  dispose(): Promise<void>;
}

/** Longer than any test: work that begins was woken. */
const NEVER = 3_600_000;
/** Long enough for a wake-up to arrive that must not. */
const WHILE = 300;

/** The promises of the dispatcher port; every technology runs the same cases. */
export function describeDispatcher(name: string, open: () => Promise<DispatcherUnderTest>): void {
  async function withDispatcher(work: (under: DispatcherUnderTest) => Promise<void>): Promise<void> {
    const under = await open();
    try {
      await work(under);
    } finally {
      await under.dispose();
    }
  }

  describe(`dispatcher: ${name}`, () => {
    test("work begins at once when there is somebody to do it", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted();
        dispatcher.onWake(calls.work, NEVER);
        await until(() => calls.begun === 1);
      }));

    test("a wake-up begins work, each time", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted();
        dispatcher.onWake(calls.work, NEVER);
        for (const round of [1, 2, 3]) {
          await until(() => calls.ended === round);
          dispatcher.wake();
        }
        await until(() => calls.ended === 4);
      }));

    test("nobody who wakes waits, and ten thousand wake-ups are few runs", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted();
        dispatcher.onWake(calls.work, NEVER);
        await until(() => calls.ended === 1);
        for (let n = 0; n < 10_000; n++) expect(dispatcher.wake()).toBeUndefined();
        await until(() => calls.ended > 1);
        await pause(WHILE);
        expect(calls.ended).toBeLessThan(20);
      }));

    test("work never runs twice at once, and a wake-up while it runs is not forgotten", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted(() => pause(WHILE));
        dispatcher.onWake(calls.work, NEVER);
        await until(() => calls.begun === 1);
        dispatcher.wake();
        dispatcher.wakeAt(Date.now() + 10);
        await until(() => calls.begun === 2);
        expect(calls.ended).toBe(1);
        dispatcher.wake();
        await until(() => calls.ended === 3);
        expect(calls.most).toBe(1);
      }));

    test("a wake-up for a time begins work then, and not before", () =>
      withDispatcher(async ({ dispatcher }) => {
        const times: number[] = [];
        dispatcher.onWake(async () => void times.push(Date.now()), NEVER);
        await until(() => times.length === 1);
        const at = Date.now() + 700;
        dispatcher.wakeAt(at);
        dispatcher.wakeAt(at + 1);
        await until(() => times.length > 1);
        // A timer may be a hair early.
        expect(times[1]).toBeGreaterThanOrEqual(at - 2);
      }));

    test("a wake-up for a time that is past begins work at once", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted();
        dispatcher.onWake(calls.work, NEVER);
        await until(() => calls.ended === 1);
        dispatcher.wakeAt(Date.now() - 1_000);
        await until(() => calls.ended === 2);
      }));

    test("the nearer of two wake-ups is not held up by the later", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted();
        dispatcher.onWake(calls.work, NEVER);
        await until(() => calls.ended === 1);
        dispatcher.wakeAt(Date.now() + NEVER);
        dispatcher.wakeAt(Date.now() + 100);
        await until(() => calls.ended === 2);
      }));

    test("without any wake-up work is done at each poll", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted();
        dispatcher.onWake(calls.work, 20);
        await until(() => calls.ended >= 5);
      }));

    test("work that fails is told, and done again when it is woken", () =>
      withDispatcher(async ({ dispatcher, failures }) => {
        const wrong = new Error("the store is away");
        const calls = counted(() => (calls.begun === 1 ? Promise.reject(wrong) : Promise.resolve()));
        dispatcher.onWake(calls.work, NEVER);
        await until(() => failures.length === 1);
        expect(failures[0]).toBe(wrong);
        dispatcher.wake();
        await until(() => calls.begun === 2);
      }));

    test("closing waits for work that runs, and none begins after", () =>
      withDispatcher(async ({ dispatcher }) => {
        const calls = counted(() => pause(WHILE));
        dispatcher.onWake(calls.work, 20);
        await until(() => calls.begun === 1);
        dispatcher.wake();
        dispatcher.wakeAt(Date.now() + 20);
        await dispatcher.close();
        expect(calls).toMatchObject({ begun: 1, ended: 1 });
        dispatcher.wake();
        dispatcher.wakeAt(Date.now() + 20);
        await pause(WHILE);
        expect(calls.begun).toBe(1);
      }));
  });
}

/** Waits until it holds. @throws Error when it does not within 15 s */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, { timeout: 15_000, interval: 10 });
}

interface Calls {
  work(): Promise<void>;
  readonly begun: number;
  readonly ended: number;
  /** How many ran at once. */
  readonly most: number;
}

/** Work that counts how often it was done. */
export function counted(each: () => Promise<void> = async () => undefined): Calls {
  const calls = {
    begun: 0,
    ended: 0,
    most: 0,
    async work() {
      calls.begun += 1;
      calls.most = Math.max(calls.most, calls.begun - calls.ended);
      try {
        await each();
      } finally {
        calls.ended += 1;
      }
    },
  };
  return calls;
}

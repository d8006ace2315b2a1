import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { Schedule } from "../../src/config/flow-definition.ts";
import type { LiveFlow } from "../../src/flow/live-flow.ts";
import type { FlowRegistry } from "../../src/flow/registry.ts";
import { scheduler } from "../../src/intake/scheduler.ts";
import { heldLanes } from "../../src/store/lane-table.ts";
import type { Store } from "../../src/store/store.ts";
import { flowDefinition } from "../flow/setup.ts";

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-slots-"));
  store = openSqliteStore(folder);
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** A flow of which only the schedule matters here, deployed an hour before its first slot. */
async function planned(misfire: Schedule["misfire"]) {
  const schedule = { cron: "30 3 * * *", zone: "Europe/Tallinn", misfire } as Schedule;
  const definition = await flowDefinition("nightly", { schedule });
  const flow = { id: 7, name: "nightly", definition, deployedAt: Date.UTC(2026, 2, 28) } as LiveFlow;
  let onDuty = true;
  const held = () => (onDuty ? store.seat.held() : heldLanes([]));
  const runs: number[] = [];
  const ended: string[] = [];
  let now = Date.UTC(2026, 2, 28);
  let failing = false;
  const slots = scheduler({
    store: { ...store, seat: { ...store.seat, held } },
    flows: { all: () => [flow] } as unknown as FlowRegistry,
    now: () => now,
    async run() {
      runs.push(now);
      if (failing) throw new Error("the share is away");
      return "1 files taken";
    },
    runAsked: async () => undefined,
    failed: () => undefined,
    ended: (_flow, state) => ended.push(state),
  });
  return {
    runs,
    ended,
    at: async (when: string, fails = false) => {
      now = Date.parse(when);
      failing = fails;
      await slots.tick();
    },
    duty: (given: boolean) => {
      onDuty = given;
    },
    last: () => store.transaction((tx) => tx.slots.last(7)),
    stop: () => slots.stop(),
  };
}

describe("a planned run", () => {
  it("happens once in its zone, however often somebody looks, also in the night without that hour", async () => {
    const plan = await planned("run-once");
    await plan.at("2026-03-28T01:29:59Z");
    expect(plan.runs).toHaveLength(0);
    for (const second of ["00", "01", "02"]) await plan.at(`2026-03-28T01:30:${second}Z`);
    expect(plan.runs).toHaveLength(1);
    // On the 29th clocks go from 03:00 to 04:00: the slot falls into the gap, and runs right behind it.
    await plan.at("2026-03-29T00:59:59Z");
    expect(plan.runs).toHaveLength(1);
    await plan.at("2026-03-29T01:00:00Z");
    expect(plan.runs).toHaveLength(2);
    expect(plan.ended).toEqual(["done", "done"]);
    expect(await plan.last()).toMatchObject({ state: "done", detail: "1 files taken" });
    await plan.stop();
  });

  it("that fails has its end in the store, and the next one runs", async () => {
    const plan = await planned("run-once");
    await plan.at("2026-03-28T01:30:00Z", true);
    expect(await plan.last()).toMatchObject({ state: "failed" });
    await plan.at("2026-03-29T01:30:00Z");
    expect(plan.ended).toEqual(["failed", "done"]);
    await plan.stop();
  });

  it("that another hub left behind, which had the duty meanwhile, is made up for", async () => {
    const plan = await planned("run-once");
    await plan.at("2026-03-28T01:00:00Z");
    plan.duty(false);
    await plan.at("2026-03-28T01:30:00Z");
    expect(plan.runs).toHaveLength(0);
    const slot = Date.parse("2026-03-28T01:30:00Z");
    await store.transaction((tx) => tx.slots.take(7, slot, "running", slot, null));
    plan.duty(true);
    await plan.at("2026-03-28T01:31:00Z");
    expect(plan.runs).toHaveLength(1);
    expect(await plan.last()).toMatchObject({ state: "done" });
    await plan.stop();
  });

  it.each([
    ["run-once", "2026-03-28T09:00:00Z", "done", 1],
    ["skip", "2026-03-28T01:30:30Z", "done", 1],
    ["skip", "2026-03-28T09:00:00Z", "failed", 0],
  ] as const)(
    "that a hub has begun when it was killed is made up for as misfire says: %s at %s",
    async (misfire, at, state, runs) => {
      await store.transaction((tx) =>
        tx.slots.take(
          7,
          Date.parse("2026-03-28T01:30:00Z"),
          "running",
          Date.parse("2026-03-28T01:30:00Z"),
          null,
        ),
      );
      const plan = await planned(misfire);
      await plan.at(at);
      await plan.at(at);
      expect(plan.runs).toHaveLength(runs);
      expect(await plan.last()).toMatchObject({ state });
      await plan.stop();
    },
  );

  it.each([
    ["run-once", 1],
    ["skip", 0],
    ["catch-up", 3],
  ] as const)("that was missed is made up for as misfire says: %s", async (misfire, runs) => {
    const plan = await planned(misfire);
    await plan.at("2026-03-30T12:00:00Z");
    expect(plan.runs).toHaveLength(runs);
    await plan.at("2026-03-30T12:00:01Z");
    expect(plan.runs).toHaveLength(runs);
    await plan.stop();
  });
});

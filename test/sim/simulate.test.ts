import { describe, expect, it } from "vitest";
import type { Costs, Load } from "./model.ts";
import { simulate } from "./simulate.ts";

const COSTS: Costs = {
  ...{ worker: 0.0004, database: 0.0001, batch: 100, flush: 0.002, idle: 0.001, overlap: 0 },
  alone: null,
};
const LOAD: Load = { messages: 100_000, keys: 100_000, skew: 0, failing: 0, backoff: 5 };
const LARGE = { database: 64 };

describe("the simulation of many workers", () => {
  it("has one worker do one batch after the other", () => {
    const batch = 100 * (0.0004 + 0.0001) + 0.002 + 0.001;
    expect(simulate(COSTS, LARGE, 1, LOAD).rate).toBeCloseTo(100 / batch, -1);
  });

  it("grows with the workers while nothing is shared", () => {
    const one = simulate(COSTS, LARGE, 1, LOAD).rate;
    const eight = simulate(COSTS, LARGE, 8, LOAD).rate;
    expect(eight / one).toBeGreaterThan(7);
    expect(eight / one).toBeLessThan(8);
  });

  it("ends where the database has no processor left", () => {
    const { rate, database } = simulate(COSTS, { database: 2 }, 64, LOAD);
    expect(rate).toBeLessThanOrEqual(2 / COSTS.database);
    expect(rate).toBeGreaterThan((2 / COSTS.database) * 0.8);
    expect(database).toBeGreaterThan(0.8);
  });

  it("lets transactions that end together share one flush of the log", () => {
    const slow = { ...COSTS, flush: 0.5 };
    const one = simulate(slow, LARGE, 1, LOAD).rate;
    const { rate, log } = simulate(slow, LARGE, 16, LOAD);
    expect(rate / one).toBeGreaterThan(6);
    expect(log).toBeGreaterThan(0.9);
  });

  it("has two workers on one processor gain what the waits of one leave", () => {
    const one = simulate(COSTS, { shared: 1 }, 1, LOAD).rate;
    const two = simulate(COSTS, { shared: 1 }, 2, LOAD).rate;
    expect(two).toBeGreaterThan(one);
    expect(two).toBeLessThanOrEqual(1 / (COSTS.worker + COSTS.database));
  });

  it("lets one batch at a time through the customer repository", () => {
    const alone = { ...COSTS, alone: 0.5 };
    const holds = 100 * (0.0002 + 0.0001) + 0.002;
    const { rate, held } = simulate(alone, LARGE, 16, LOAD);
    expect(rate).toBeLessThanOrEqual(100 / holds + 1);
    expect(rate).toBeGreaterThan((100 / holds) * 0.9);
    expect(held).toBeGreaterThan(0.9);
    expect(simulate(alone, LARGE, 1, LOAD).rate).toBeCloseTo(simulate(COSTS, LARGE, 1, LOAD).rate, -1);
  });

  it("is held back by the worker that has the key which most messages have", () => {
    const even = simulate(COSTS, LARGE, 16, LOAD).rate;
    const skewed = simulate(COSTS, LARGE, 16, { ...LOAD, skew: 1.2 }).rate;
    expect(skewed).toBeLessThan(even / 2);
  });

  it("pays for what fails with what comes again", () => {
    const failing = simulate(COSTS, LARGE, 4, { ...LOAD, failing: 0.2, backoff: 0 }).rate;
    const none = simulate(COSTS, LARGE, 4, LOAD).rate;
    expect(failing / none).toBeGreaterThan(0.7);
    expect(failing / none).toBeLessThan(0.9);
  });
});

import { describe, expect, it } from "vitest";
import { alternate, of } from "./rounds.ts";
import { atLeast, figure, lineThrough, median, quantile, ratios, within } from "./statistics.ts";

describe("the figures of a bench", () => {
  it("takes the middle of an odd number of values, and between the middle two of an even one", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 10, 4])).toBe(3);
  });

  it("takes a quantile by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it("keeps the least, the middle and the most of all rounds", () => {
    expect(figure("rate", "1/s", [3, 1, 2])).toEqual({
      name: "rate",
      unit: "1/s",
      min: 1,
      median: 2,
      max: 3,
    });
  });

  it("compares what was measured in the same round", () => {
    expect(ratios([10, 30], [20, 10])).toEqual([0.5, 3]);
  });

  it("meets a target at its edge", () => {
    expect(atLeast("share", 0.9, 0.9).met).toBe(true);
    expect(atLeast("share", 0.9, 0.89).met).toBe(false);
    expect(within("growth", 0.8, 1.2, Number.NaN).met).toBe(false);
  });

  it("fits a line", () => {
    const line = lineThrough([
      [3, 7],
      [4, 9],
      [6, 13],
    ]);
    expect(line.slope).toBeCloseTo(2);
    expect(line.at(5)).toBeCloseTo(11);
  });
});

describe("rounds", () => {
  it("alternate, and the warm-up does not count", async () => {
    const order: string[] = [];
    const side = (name: string) => ({
      name,
      run: async (round: number) => {
        order.push(`${name}${round}`);
        return round;
      },
    });
    const results = await alternate([side("a"), side("b")], 2, () => undefined);
    expect(order).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
    expect(of(results, "a")).toEqual([1, 2]);
  });
});

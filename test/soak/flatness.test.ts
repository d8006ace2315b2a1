import fc from "fast-check";
import { expect, it } from "vitest";
import { judgeFlat, type Series } from "./flatness.ts";

const RULE = { share: 0.05, least: 1 };
const at = Array.from({ length: 60 }, (_, second) => second);

function series(value: (second: number) => number): Series {
  return { at, values: at.map(value) };
}

it("a quantity that wavers is flat, also with spikes", () => {
  const wavering = series((second) => 100 + 3 * Math.sin(second) + (second % 10 === 0 ? 500 : 0));
  expect(judgeFlat(wavering, RULE)).toMatchObject({ flat: true, allowed: expect.closeTo(5, 0) });
});

it("a quantity that creeps up is not flat, however it wavers meanwhile", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 60, maxLength: 60 }),
      (noise) => {
        const creeping = series((second) => 100 + second / 2 + (noise[second] ?? 0));
        expect(judgeFlat(creeping, RULE).flat).toBe(false);
      },
    ),
  );
});

it("the growth is that of the fitted line over the time that is judged", () => {
  expect(
    judgeFlat(
      series((second) => 10 + 2 * second),
      RULE,
    ).growth,
  ).toBeCloseTo(2 * 59);
});

it("a quantity that falls is flat", () => {
  expect(
    judgeFlat(
      series((second) => 1000 - 10 * second),
      RULE,
    ).flat,
  ).toBe(true);
});

it("too few samples to judge by are not called flat", () => {
  expect(judgeFlat({ at: [1], values: [1] }, RULE).flat).toBe(false);
});

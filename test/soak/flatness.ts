import { median } from "../bench/statistics.ts";

/** One quantity over time. */
export interface Series {
  /** Seconds since the load began. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** How much a quantity may grow over the time that is judged and still be called flat: the larger of the two. */
export interface Allowance {
  /** Of its median. */
  readonly share: number;
  /** In its own unit. */
  readonly least: number;
}

export interface Flatness {
  readonly median: number;
  readonly most: number;
  /** By the fitted line, from the first to the last sample that is judged. */
  readonly growth: number;
  readonly allowed: number;
  readonly flat: boolean;
}

/**
 * Judges whether a quantity grows, by the line of Theil and Sen: the median of the slopes between all pairs of samples.
 * Up to a quarter of the samples may be anything (a collection of garbage, a file, a target that is away) without moving
 * it. What falls is flat.
 */
export function judgeFlat({ at, values }: Series, { share, least }: Allowance): Flatness {
  const middle = median(values);
  const span = (at.at(-1) ?? 0) - (at[0] ?? 0);
  const growth = values.length < 2 ? Number.NaN : theilSen(at, values) * span;
  const allowed = Math.max(share * middle, least);
  return { median: middle, most: Math.max(...values), growth, allowed, flat: growth <= allowed };
}

function theilSen(at: readonly number[], values: readonly number[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < at.length; i++) {
    for (let j = i + 1; j < at.length; j++) {
      slopes.push(((values[j] ?? 0) - (values[i] ?? 0)) / ((at[j] ?? 0) - (at[i] ?? 0)));
    }
  }
  return median(slopes);
}

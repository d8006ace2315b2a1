import type { Figure, Target } from "./bench.ts";

/** The value below which the share `q` of the values lies; nearest rank. NaN of no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

/** The middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

export function figure(name: string, unit: string, values: readonly number[]): Figure {
  return { name, unit, min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

/** The ratios of two quantities measured side by side, round by round: load from outside falls on both. */
export function ratios(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}

export function atLeast(name: string, wanted: number, measured: number): Target {
  return { name, wanted: `>= ${wanted}`, measured, met: measured >= wanted };
}

export function atMost(name: string, wanted: number, measured: number): Target {
  return { name, wanted: `<= ${wanted}`, measured, met: measured <= wanted };
}

export function within(name: string, least: number, most: number, measured: number): Target {
  return { name, wanted: `${least} to ${most}`, measured, met: measured >= least && measured <= most };
}

/** Slope and intercept of the least-squares line through the points. */
export function lineThrough(points: readonly (readonly [number, number])[]): {
  readonly slope: number;
  at(x: number): number;
} {
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  let over = 0;
  let under = 0;
  for (const point of points) {
    over += (point[0] - x) * (point[1] - y);
    under += (point[0] - x) ** 2;
  }
  const slope = over / under;
  return { slope, at: (where) => y + slope * (where - x) };
}

import { median } from "../bench/statistics.ts";
import { type Check, check } from "../faults/fault.ts";
import type { Soaked } from "./soak.ts";
import { flatnessCheck, judgeSamples, LEAST_SECONDS, WARM_UP } from "./verdict.ts";

/** Of the load that was meant. */
const LEAST_LOAD = 0.95;

/** The verdict on a soak, and whether all is as it must be. */
export function describeSoak(
  title: string,
  soaked: Soaked,
): { readonly text: string; readonly passed: boolean } {
  const { samples, capacity, rate, books, refusals, drain } = soaked;
  const judged = judgeSamples(samples, rate);
  const last = samples.at(-1);
  const long = soaked.seconds >= LEAST_SECONDS;
  const checks: readonly Check[] = [
    ...(long ? [loadCheck(soaked), ...judged.map(flatnessCheck)] : []),
    ...books,
  ];
  const figures = judged.map(({ name, unit, median, most }) => [name, show(median), show(most), unit]);
  const lines = [
    title,
    `${show(capacity)} messages a second were carried flat out, ${show(rate)} given, ${last?.messages ?? 0} acknowledged`,
    `${refusals} posts had to be repeated; all was done ${drain.toFixed(1)} s after the last post`,
    long
      ? `judged after the first ${Math.round(WARM_UP * 100)} %, by the line of Theil and Sen through the samples`
      : `less than ${LEAST_SECONDS / 60} minutes tell nothing about growth: the books alone are judged`,
    "",
    ...aligned([["", "median", "most", "unit"], ...figures]),
    "",
    ...checks.map(({ name, ok, found }) => `${ok ? "ok  " : "FAIL"} ${name}: ${found}`),
    "",
  ];
  return { text: lines.join("\n"), passed: checks.every(({ ok }) => ok) };
}

/** What stayed flat under less than was meant says little. */
function loadCheck({ samples, rate }: Soaked): Check {
  const given = median(samples.map((sample) => sample.rate));
  return check(
    "the load was carried",
    given >= LEAST_LOAD * rate,
    `${show(given)} a second of ${show(rate)}`,
  );
}

function show(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en-US") : Number(value.toPrecision(3)).toString();
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at % 3 === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

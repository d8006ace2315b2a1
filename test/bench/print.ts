import type { BenchReport } from "./bench.ts";

export interface Printed extends BenchReport {
  readonly bench: string;
  readonly machine: string;
  readonly rounds: number;
}

export function asJson({ bench, machine, rounds, rows, targets, remarks }: Printed): string {
  return JSON.stringify({ bench, machine, rounds, rows, targets, remarks });
}

export function asText({ bench, machine, rounds, rows, table: medians, targets, remarks }: Printed): string {
  const figures = [
    ["", "min", "median", "max", "unit"],
    ...rows.map(({ name, min, median, max, unit }) => [name, number(min), number(median), number(max), unit]),
  ];
  const judged = [
    ["target", "wanted", "measured", ""],
    ...targets.map((target) => [
      target.name,
      target.wanted,
      number(target.measured),
      target.met ? "met" : "NOT MET",
    ]),
  ];
  return [
    `${bench}: ${rounds} rounds on ${machine}`,
    "",
    ...table(figures),
    "",
    ...(medians === undefined ? [] : [...table(medians), ""]),
    ...(targets.length === 0 ? [] : table(judged)),
    ...remarks.map((remark) => `- ${remark}`),
    "",
  ].join("\n");
}

/** Three digits that count; whole numbers from a thousand on. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "none";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return value === 0 ? "0" : Number(value.toPrecision(3)).toString();
}

/** The first column to the left, numbers to the right. */
function table(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column === line.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

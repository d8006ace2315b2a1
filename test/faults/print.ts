import type { Technology } from "./backend.ts";
import { type FaultTable, failuresOf, type Verdict } from "./fault.ts";

const COLUMNS: readonly (readonly [keyof FaultTable, string])[] = [
  ["acked", "acked"],
  ["appliedOnce", "applied once"],
  ["parked", "parked"],
  ["duplicateRequests", "dup requests"],
  ["duplicateEffects", "dup effects"],
  ["orderViolations", "order violations"],
  ["lost", "lost"],
  ["drainMs", "drain ms"],
];

export interface Run {
  readonly id: string;
  readonly technology: Technology;
  readonly seconds: number;
  readonly seed: number;
  /** Or why it could not be carried out. */
  readonly result: Verdict | Error;
}

/** The ledger table of one fault with its checks. */
export function describeRun(run: Run): string {
  const { result } = run;
  if (result instanceof Error) return `  could not be carried out: ${result.stack ?? result.message}`;
  const lines = [...rows([COLUMNS.map(([, title]) => title), cells(result.table)])];
  for (const { name, ok, found } of result.checks) {
    lines.push(`  ${ok ? "ok  " : "FAIL"} ${name}${found === "" ? "" : `: ${found}`}`);
  }
  return lines.join("\n");
}

/** One line for each fault. */
export function describeRuns(runs: readonly Run[]): string {
  const head = [
    "fault",
    "store",
    ...COLUMNS.map(([, title]) => title),
    "checks",
    "seconds",
    "seed",
    "verdict",
  ];
  const body = runs.map(({ id, technology, result, seconds, seed }) => {
    const tail = [seconds.toFixed(1), String(seed)];
    if (result instanceof Error) return [id, technology, ...COLUMNS.map(() => "-"), "-", ...tail, "ERROR"];
    const passed = result.checks.filter(({ ok }) => ok).length;
    return [
      id,
      technology,
      ...cells(result.table),
      `${passed}/${result.checks.length}`,
      ...tail,
      passes(result) ? "pass" : "FAIL",
    ];
  });
  return rows([head, ...body]).join("\n");
}

export function passes(result: Verdict | Error): boolean {
  return !(result instanceof Error) && failuresOf(result).length === 0;
}

function cells(table: FaultTable): string[] {
  return COLUMNS.map(([column]) => String(Math.round(table[column])));
}

function rows(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((row) => (row[at] ?? "").length)));
  return table.map((row) => `  ${row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join("  ")}`);
}

import type { Measured } from "./measure.ts";
import type { Costs } from "./model.ts";
import type { Prediction } from "./predict.ts";

/** How far the simulation may be off from what two workers did: a share of that. */
export const ERROR = 0.25;

export interface Report {
  readonly machine: string;
  readonly one: Measured;
  readonly two: Measured;
  readonly costs: Costs;
  /** Messages a second that the simulation, fitted to one worker, expects of two on the same machine. */
  readonly expected: number;
  /** A share of what two did. */
  readonly error: number;
  readonly processors: number;
  readonly predictions: readonly Prediction[];
}

export function asText({
  machine,
  one,
  two,
  costs,
  expected,
  error,
  processors,
  predictions,
}: Report): string {
  const off = `${(error * 100).toFixed(0)} % off, ${ERROR * 100} % allowed: ${Math.abs(error) <= ERROR ? "valid" : "NOT VALID"}`;
  const workers = predictions[0]?.outcomes.map((one) => one.workers) ?? [];
  const rows = predictions.map(({ load, outcomes }) => [load, ...outcomes.map(({ rate }) => whole(rate))]);
  return [
    `scale, on ${machine}`,
    "",
    `one worker    ${whole(one.rate)} messages/s, ${micro(one.worker)} µs of its processor and ${micro(one.database)} µs of the database's a message`,
    `two workers   ${whole(two.rate)} messages/s; ${whole(expected)} expected: ${off}`,
    `a transaction ${Math.round(costs.batch)} messages, ${milli(costs.flush)} ms until its log is on the disk, ${milli(costs.idle)} ms idle; ${(costs.overlap * 100).toFixed(0)} % of the database's work beside the worker's`,
    `repository    held for ${share(one.held)} of the time by one worker, ${share(two.held)} by two`,
    `processors    ${one.processors.toFixed(2)} and ${two.processors.toFixed(2)} were left by others`,
    "",
    `messages/s by workers, each with a processor of its own, and a database with ${processors}:`,
    ...aligned([["", ...workers.map(String)], ...rows]),
    "",
    ...predictions.map(
      ({ load, end }) =>
        `${load}: one PostgreSQL ends at ${whole(end.rate)} messages/s with ${end.workers} workers, by ${end.by}`,
    ),
    "",
  ].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function share(value: number): string {
  return `${(value * 100).toFixed(0)} %`;
}

function micro(seconds: number): string {
  return (seconds * 1e6).toFixed(0);
}

function milli(seconds: number): string {
  return (seconds * 1e3).toFixed(2);
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  "),
  );
}

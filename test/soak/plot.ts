import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { needProgram } from "../fakes/debian.ts";
import type { Sample } from "./sampler.ts";

const run = promisify(execFile);

const COLUMNS = [
  ...([
    "seconds",
    "rate",
    "p50",
    "p99",
    "backlog",
    "memory",
    "database",
    "log",
    "processors",
    "messages",
  ] as const),
] satisfies readonly (keyof Sample)[];

interface Panel {
  readonly title: string;
  /** Columns by the name they have in the legend. */
  readonly lines: Readonly<Record<string, keyof Sample>>;
}

const PANELS: readonly Panel[] = [
  { title: "memory of the hub, MiB", lines: { memory: "memory" } },
  { title: "time of an answer, ms", lines: { p99: "p99", p50: "p50" } },
  { title: "backlog, messages", lines: { backlog: "backlog" } },
  { title: "acknowledged a second", lines: { rate: "rate" } },
  { title: "written ahead, MiB", lines: { log: "log" } },
  { title: "database, MiB", lines: { database: "database" } },
];

/**
 * Writes the samples as `samples.tsv`, draws them as `soak.png`, and gives the most telling of them as text.
 * @throws Error when gnuplot is not there and cannot be installed
 */
export async function plot(folder: string, title: string, samples: readonly Sample[]): Promise<string> {
  await needProgram("gnuplot", "gnuplot-nox");
  const rows = samples.map((sample) => COLUMNS.map((name) => sample[name].toFixed(3)).join("\t"));
  await writeFile(join(folder, "samples.tsv"), `${[COLUMNS.join("\t"), ...rows].join("\n")}\n`);
  const draw = async (script: string): Promise<string> =>
    (await run("gnuplot", ["-e", script], { cwd: folder })).stdout;
  await draw(
    [
      "set terminal png size 1400,1200 noenhanced",
      "set output 'soak.png'",
      `set multiplot layout 3,2 title ${JSON.stringify(title)}`,
      "set xlabel 'seconds'",
      "set grid",
      ...PANELS.map(panel),
    ].join("; "),
  );
  return draw(["set terminal dumb noenhanced 100 18", ...PANELS.slice(0, 3).map(panel)].join("; "));
}

function panel({ title, lines }: Panel): string {
  const curves = Object.entries(lines).map(
    ([name, column]) => `'samples.tsv' using 1:${COLUMNS.indexOf(column) + 1} with lines title '${name}'`,
  );
  return `set title '${title}'; set yrange [0:*]; plot ${curves.join(", ")}`;
}

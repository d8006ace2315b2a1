import { type HubLoad, hubBatch } from "./batch-hub.ts";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import { alternate, of, type Side } from "./rounds.ts";
import { atLeast, atMost, figure, median, ratios } from "./statistics.ts";
import { temporaryFolder } from "./temporary.ts";

const HUB = "hub";
const RAW = "raw engine: staging table, one INSERT … ON CONFLICT, three indexes";
/** Share of the customers that the third file changes. */
const CHANGED = 0.01;

export const bench: Bench = {
  name: "batch",
  about: "a CSV file of a million customers of 20 fields into the CRM, against the bare database",
  run,
};

interface Batch extends HubLoad {
  /** Rows per second, and nothing else, of the raw engine. */
  readonly raw: boolean;
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const rows = options.rows ?? (options.quick ? 20_000 : 1_000_000);
  const sides: Side<Batch>[] = [
    { name: HUB, run: async () => ({ ...(await hubBatch(rows, CHANGED)), raw: false }) },
    { name: RAW, run: async () => ({ ...(await rawBatch(rows)), raw: true }) },
  ];
  const results = await alternate(sides, options.rounds, options.note, { warmUp: false });
  const hub = of(results, HUB);
  const raw = of(results, RAW);
  const sizes = [rows / 100, rows / 10].map(Math.round);
  const peaks: (readonly [number, number])[] = [];
  for (const size of sizes) {
    options.note(`memory at ${size} rows`);
    peaks.push([size, (await hubBatch(size, CHANGED)).peak]);
  }
  const peak = Math.max(...hub.map((one) => one.peak));
  const smallest = peaks[0]?.[1] ?? Number.NaN;
  return {
    rows: [
      figure(
        `first load of ${rows}, ${HUB}`,
        "rows/s",
        hub.map((one) => one.first),
      ),
      figure(
        `first load of ${rows}, ${HUB}, processor time`,
        "µs/row",
        hub.map((one) => one.cpu),
      ),
      figure(
        `first load of ${rows}, ${RAW}`,
        "rows/s",
        raw.map((one) => one.first),
      ),
      figure(
        `unchanged reload, ${HUB}`,
        "rows/s",
        hub.map((one) => one.unchanged),
      ),
      figure(
        `reload with ${CHANGED * 100} % changed, ${HUB}`,
        "rows/s",
        hub.map((one) => one.changed),
      ),
      ...peaks.map(([size, mebibytes]) => figure(`peak memory at ${size} rows`, "MiB", [mebibytes])),
      figure(
        `peak memory at ${rows} rows`,
        "MiB",
        hub.map((one) => one.peak),
      ),
    ],
    targets: [
      atLeast(
        "first load, share of the raw engine",
        0.33,
        median(
          ratios(
            hub.map((one) => one.first),
            raw.map((one) => one.first),
          ),
        ),
      ),
      atLeast("unchanged reload over first load", 3, median(hub.map((one) => one.unchanged / one.first))),
      atMost(`peak memory at ${rows} rows, MiB`, 300, peak),
      atMost(`peak memory at ${rows} rows over that at ${sizes[0]}`, 1.2, peak / smallest),
    ],
    remarks: [
      "The hub's time runs from the file in the drop folder to its last row committed: copy to the archive, decode, schemas, mapping, CRM.",
      "Memory is the whole process's high-water mark after three files: first load, the same with a row more, 1 % changed.",
      "The raw engine parses nothing and maps nothing; its rows lie in memory before the clock starts.",
    ],
  };
}

async function rawBatch(rows: number): Promise<HubLoad> {
  const folder = await temporaryFolder("raw");
  const child = await startChild("raw-load.ts", { folder: folder.path });
  const seconds = await child.ask<number>({ rows });
  await child.end();
  await folder.remove();
  return {
    first: rows / seconds,
    unchanged: Number.NaN,
    changed: Number.NaN,
    peak: Number.NaN,
    cpu: Number.NaN,
  };
}

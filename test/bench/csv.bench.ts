import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import { COLUMNS, shopCsv } from "./customer.ts";
import { alternate, of } from "./rounds.ts";
import { figure, ratios } from "./statistics.ts";
import { temporaryFolder } from "./temporary.ts";

const TIMES = 20;
const OURS = "hub's reader";
const OTHER = "csv-parse, as a stream of objects";

export const bench: Bench = {
  name: "csv",
  about: "records of 20 fields streamed from a CSV file, beside csv-parse",
  run,
};

interface Read {
  readonly seconds: number;
  readonly records: number;
  readonly peak: number;
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const records = options.rows ?? (options.quick ? 2_000 : 50_000);
  const folder = await temporaryFolder("csv");
  const small = join(folder.path, "small.csv");
  const large = join(folder.path, "large.csv");
  await writeCsv(small, records);
  await writeCsv(large, records * TIMES);
  const side = (kind: "ours" | "other", path: string, expected: number) => async (): Promise<Read> => {
    const child = await startChild("csv-read.ts");
    const read = await child.ask<Read>({ kind, path });
    await child.end();
    if (read.records !== expected) throw new Error(`${read.records} records of ${expected}`);
    return read;
  };
  const all = records * TIMES;
  const results = await alternate<Read>(
    [
      { name: OURS, run: side("ours", large, all) },
      { name: OTHER, run: side("other", small, records) },
      { name: "small", run: side("ours", small, records) },
    ],
    options.rounds,
    options.note,
    { warmUp: false },
  );
  await folder.remove();
  const rate = (name: string): readonly number[] =>
    of(results, name).map((read) => read.records / read.seconds);
  const peak = (name: string): readonly number[] => of(results, name).map((read) => read.peak);
  return {
    rows: [
      figure(`${OURS}, ${all} records`, "records/s", rate(OURS)),
      figure(`${OURS}, ${records} records`, "records/s", rate("small")),
      figure(`${OTHER}, ${records} records`, "records/s", rate(OTHER)),
      figure("rate over that of csv-parse", "x", ratios(rate("small"), rate(OTHER))),
      figure(`${OURS}, peak memory, ${records} records`, "MiB", peak("small")),
      figure(`${OURS}, peak memory, ${all} records`, "MiB", peak(OURS)),
    ],
    targets: [],
    remarks: [
      "Nothing is asked of these figures. The hub's reader also refuses what is not RFC 4180 and knows line and byte range of every record.",
      "Each reading is a process of its own, without a warm-up; its memory grows until V8's young generation has its size.",
    ],
  };
}

async function writeCsv(path: string, records: number): Promise<void> {
  const out = createWriteStream(path);
  out.write(`${COLUMNS.join(";")}\n`);
  for (let n = 1; n <= records; n++) if (!out.write(shopCsv(n))) await once(out, "drain");
  out.end();
  await once(out, "finish");
}

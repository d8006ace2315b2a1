import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { COLUMNS, shopCsv } from "./customer.ts";
import { peaks, type Read, rates, readAlone } from "./reading.ts";
import { alternate } from "./rounds.ts";
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

async function run(options: BenchOptions): Promise<BenchReport> {
  const records = options.rows ?? (options.quick ? 2_000 : 50_000);
  const folder = await temporaryFolder("csv");
  const small = join(folder.path, "small.csv");
  const large = join(folder.path, "large.csv");
  await writeCsv(small, records);
  await writeCsv(large, records * TIMES);
  const side = (kind: "ours" | "other", path: string, expected: number) => () =>
    readAlone("csv-read.ts", { kind, path }, expected);
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
  return {
    rows: [
      figure(`${OURS}, ${all} records`, "records/s", rates(results, OURS)),
      figure(`${OURS}, ${records} records`, "records/s", rates(results, "small")),
      figure(`${OTHER}, ${records} records`, "records/s", rates(results, OTHER)),
      figure("rate over that of csv-parse", "x", ratios(rates(results, "small"), rates(results, OTHER))),
      figure(`${OURS}, peak memory, ${records} records`, "MiB", peaks(results, "small")),
      figure(`${OURS}, peak memory, ${all} records`, "MiB", peaks(results, OURS)),
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

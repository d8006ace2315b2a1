import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import type { Walked } from "./csv-path.ts";
import { COLUMNS, shopCsv } from "./customer.ts";
import { peakRow, type RecordFile, rateRow, rates, readInTurn, writeFiles } from "./reading.ts";
import { alternate, of } from "./rounds.ts";
import { atLeast, figure, median, ratios } from "./statistics.ts";

const OURS = "hub's reader";
const OTHER = "csv-parse, as a stream of objects";
const OUR_PATH = "hub: CSV, mapping, schema";
const OTHER_PATH = "csv-parse, jsonata, ajv";

export const bench: Bench = {
  name: "csv",
  about:
    "records of 20 fields streamed from a CSV file, and mapped and validated, beside csv-parse, jsonata and ajv",
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const files = await writeFiles("csv", options.rows ?? (options.quick ? 2_000 : 50_000), csvText);
  const { small, large } = files;
  const whole = { name: OURS, kind: "ours", file: large };
  const part = { name: OURS, kind: "ours", file: small };
  const other = { name: OTHER, kind: "other", file: small };
  const reads = await readInTurn("csv-read.ts", [whole, other, part], options);
  const paths = await walkInTurn(small, options);
  await files.remove();
  const ours = of(paths, OUR_PATH);
  const over = ratios(ours, of(paths, OTHER_PATH));
  return {
    rows: [
      rateRow(reads, whole),
      rateRow(reads, part),
      rateRow(reads, other),
      figure("rate over that of csv-parse", "x", ratios(rates(reads, part), rates(reads, other))),
      peakRow(reads, part),
      peakRow(reads, whole),
      figure(OUR_PATH, "records/s of a core", ours),
      figure(OTHER_PATH, "records/s of a core", of(paths, OTHER_PATH)),
      figure("rate over that of csv-parse, jsonata, ajv", "x", over),
    ],
    targets: [atLeast(`${OUR_PATH}, records/s of a core`, 80_000, median(ours))],
    remarks: [
      "Nothing is asked of the reader alone. It also refuses what is not RFC 4180 and knows line and byte range of every record.",
      "Each reading is a process of its own, without a warm-up; its memory grows until V8's young generation has its size.",
      `Mapped and validated: ${small.records} records, by processes that stay and have walked the file before; nothing is stored.`,
      "Of a core: over the processor time of all threads of the process, collecting garbage and compiling too.",
    ],
  };
}

/** Records per second of processor time from the file to valid, mapped records, by round. */
async function walkInTurn(file: RecordFile, { rounds, note }: BenchOptions) {
  const walk = async (kind: "ours" | "other") => {
    const child = await startChild("csv-path.ts", { kind });
    const run = async (): Promise<number> => {
      const { valid, seconds } = await child.ask<Walked>(file);
      if (valid !== file.records) throw new Error(`${valid} valid records of ${file.records}`);
      return valid / seconds;
    };
    return { run, end: child.end };
  };
  const ours = await walk("ours");
  const other = await walk("other");
  const sides = [
    { name: OUR_PATH, run: ours.run },
    { name: OTHER_PATH, run: other.run },
  ];
  const walked = await alternate(sides, rounds, note);
  await ours.end();
  await other.end();
  return walked;
}

function* csvText(records: number): Iterable<string> {
  yield `${COLUMNS.join(";")}\n`;
  for (let n = 1; n <= records; n++) yield shopCsv(n);
}

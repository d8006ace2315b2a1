import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { shopCustomer } from "./customer.ts";
import { peakRow, peaks, rateRow, rates, readInTurn, TIMES, writeFiles } from "./reading.ts";
import { atLeast, median, ratios, within } from "./statistics.ts";

const OURS = "hub's reader";
const BARE = "saxes with a bare record builder";

export const bench: Bench = {
  name: "xml",
  about: "records streamed from an XML file, against saxes with a bare record builder",
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const files = await writeFiles("xml", options.rows ?? (options.quick ? 2_000 : 10_000), xmlText);
  const whole = { name: OURS, kind: "ours", file: files.large };
  const part = { name: OURS, kind: "ours", file: files.small };
  const bare = { name: BARE, kind: "bare", file: files.large };
  const reads = await readInTurn("xml-read.ts", [whole, bare, part], options);
  await files.remove();
  return {
    rows: [rateRow(reads, whole), rateRow(reads, bare), peakRow(reads, part), peakRow(reads, whole)],
    targets: [
      atLeast("rate over that of bare saxes", 1.5, median(ratios(rates(reads, whole), rates(reads, bare)))),
      within(
        `peak memory of a file ${TIMES} times larger`,
        0.8,
        1.2,
        median(ratios(peaks(reads, whole), peaks(reads, part))),
      ),
    ],
    remarks: [
      "The hub's reader also proves UTF-8, checks prefixes and depth, and knows line and byte range of every record.",
      "The bare one makes an object of each record's elements, in pieces of 64 KiB. Each reading is a process of its own.",
    ],
  };
}

function* xmlText(records: number): Iterable<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<customers>\n';
  for (let n = 1; n <= records; n++) {
    const fields = Object.entries(shopCustomer(n)).map(
      ([name, value]) => `    <${name}>${value.replaceAll("&", "&amp;")}</${name}>\n`,
    );
    yield `  <customer id="${n}">\n${fields.join("")}  </customer>\n`;
  }
  yield "</customers>\n";
}

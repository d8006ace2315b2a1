import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { shopCustomer } from "./customer.ts";
import { peaks, type Read, rates, readAlone } from "./reading.ts";
import { alternate } from "./rounds.ts";
import { atLeast, figure, median, ratios, within } from "./statistics.ts";
import { temporaryFolder } from "./temporary.ts";

const TIMES = 20;
const OURS = "hub's reader";
const BARE = "saxes with a bare record builder";

export const bench: Bench = {
  name: "xml",
  about: "records streamed from an XML file, against saxes with a bare record builder",
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const records = options.rows ?? (options.quick ? 2_000 : 10_000);
  const folder = await temporaryFolder("xml");
  const small = join(folder.path, "small.xml");
  const large = join(folder.path, "large.xml");
  await writeXml(small, records);
  await writeXml(large, records * TIMES);
  const side = (kind: "ours" | "bare", path: string, expected: number) => () =>
    readAlone("xml-read.ts", { kind, path }, expected);
  const all = records * TIMES;
  const results = await alternate<Read>(
    [
      { name: OURS, run: side("ours", large, all) },
      { name: BARE, run: side("bare", large, all) },
      { name: "small", run: side("ours", small, records) },
    ],
    options.rounds,
    options.note,
    { warmUp: false },
  );
  await folder.remove();
  return {
    rows: [
      figure(OURS, "records/s", rates(results, OURS)),
      figure(BARE, "records/s", rates(results, BARE)),
      figure(`${OURS}, peak memory, ${records} records`, "MiB", peaks(results, "small")),
      figure(`${OURS}, peak memory, ${all} records`, "MiB", peaks(results, OURS)),
    ],
    targets: [
      atLeast(
        "rate over that of bare saxes",
        1.5,
        median(ratios(rates(results, OURS), rates(results, BARE))),
      ),
      within(
        `peak memory of a file ${TIMES} times larger`,
        0.8,
        1.2,
        median(ratios(peaks(results, OURS), peaks(results, "small"))),
      ),
    ],
    remarks: [
      "The hub's reader also proves UTF-8, checks prefixes and depth, and knows line and byte range of every record.",
      "The bare one makes an object of each record's elements, in pieces of 64 KiB. Each reading is a process of its own.",
    ],
  };
}

async function writeXml(path: string, records: number): Promise<void> {
  const out = createWriteStream(path);
  out.write('<?xml version="1.0" encoding="UTF-8"?>\n<customers>\n');
  for (let n = 1; n <= records; n++) {
    const fields = Object.entries(shopCustomer(n)).map(
      ([name, value]) => `    <${name}>${value.replaceAll("&", "&amp;")}</${name}>\n`,
    );
    const record = `  <customer id="${n}">\n${fields.join("")}  </customer>\n`;
    if (!out.write(record)) await once(out, "drain");
  }
  out.end("</customers>\n");
  await once(out, "finish");
}

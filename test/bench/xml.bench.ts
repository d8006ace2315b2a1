import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import { shopCustomer } from "./customer.ts";
import { alternate, of } from "./rounds.ts";
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

interface Read {
  readonly seconds: number;
  readonly records: number;
  readonly peak: number;
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const records = options.rows ?? (options.quick ? 2_000 : 10_000);
  const folder = await temporaryFolder("xml");
  const small = join(folder.path, "small.xml");
  const large = join(folder.path, "large.xml");
  await writeXml(small, records);
  await writeXml(large, records * TIMES);
  const side = (kind: "ours" | "bare", path: string, expected: number) => async (): Promise<Read> => {
    const child = await startChild("xml-read.ts", {}, { node: ["--expose-gc"] });
    const read = await child.ask<Read>({ kind, path });
    await child.end();
    if (read.records !== expected) throw new Error(`${read.records} records of ${expected}`);
    return read;
  };
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
  const rate = (name: string): readonly number[] =>
    of(results, name).map((read) => read.records / read.seconds);
  const peak = (name: string): readonly number[] => of(results, name).map((read) => read.peak);
  return {
    rows: [
      figure(OURS, "records/s", rate(OURS)),
      figure(BARE, "records/s", rate(BARE)),
      figure(`${OURS}, peak memory, ${records} records`, "MiB", peak("small")),
      figure(`${OURS}, peak memory, ${all} records`, "MiB", peak(OURS)),
    ],
    targets: [
      atLeast("rate over that of bare saxes", 1.5, median(ratios(rate(OURS), rate(BARE)))),
      within(
        `peak memory of a file ${TIMES} times larger`,
        0.8,
        1.2,
        median(ratios(peak(OURS), peak("small"))),
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

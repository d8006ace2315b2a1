/** Reads one CSV file to its end: by the hub's reader, or by csv-parse. */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import type * as CsvModule from "../../src/format/csv.ts";
import { answerParent, peakMemory } from "./child.ts";
import { compiled } from "./compiled.ts";

const { openCsv } = await compiled<typeof CsvModule>("src/format/csv");

await answerParent(
  async () =>
    async ({ kind, path }: { readonly kind: "ours" | "other"; readonly path: string }) => {
      const started = performance.now();
      const records = kind === "ours" ? await ours(path) : await other(path);
      return { records, seconds: (performance.now() - started) / 1000, peak: peakMemory(process.pid) };
    },
);

async function ours(path: string): Promise<number> {
  let records = 0;
  for await (const rows of openCsv({ delimiter: ";" }).records(path)) {
    for (const row of rows) if (row.value !== undefined) records += 1;
  }
  return records;
}

async function other(path: string): Promise<number> {
  let records = 0;
  const parser = createReadStream(path).pipe(parse({ columns: true, delimiter: ";" }));
  for await (const record of parser) if (record !== undefined) records += 1;
  return records;
}

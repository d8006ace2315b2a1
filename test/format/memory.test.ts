import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "memory-"));
const MEGABYTE = 1024 * 1024;

const ROWS = 1_000_000;

/**
 * A program of its own, since the memory of a test runner says little. It keeps a value of each chunk, which must not
 * keep what is around it. Prints the rows, the peak of memory at a fifth of them, and in all.
 */
const PROGRAM = `
import { openFormat } from "./src/format/open.ts";
const stream = openFormat(JSON.parse(process.argv[1])).records(process.argv[2]);
const kept = [];
let rows = 0, early = 0, peak = 0;
for await (const batch of stream) {
  rows += batch.length;
  kept.push(Object.values(batch[0].value)[0]);
  peak = Math.max(peak, process.memoryUsage().rss);
  if (rows < ${ROWS / 5}) early = peak;
}
console.log(JSON.stringify({ rows, kept: kept.length, early, peak }));
`;

async function generate(
  name: string,
  head: string,
  row: (index: number) => string,
  tail: string,
): Promise<void> {
  const out = createWriteStream(join(folder, name));
  out.write(head);
  let block = "";
  for (let index = 0; index < ROWS; index++) {
    block += row(index);
    if (block.length < MEGABYTE) continue;
    if (!out.write(block)) await once(out, "drain");
    block = "";
  }
  out.end(block + tail);
  await once(out, "finish");
}

interface Measured {
  readonly rows: number;
  readonly kept: number;
  readonly early: number;
  readonly peak: number;
}

function measure(definition: object, name: string): Measured {
  const run = spawnSync(
    process.execPath,
    [
      "--import",
      "tsx",
      "--input-type=module",
      "--eval",
      PROGRAM,
      JSON.stringify(definition),
      join(folder, name),
    ],
    { encoding: "utf8" },
  );
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout) as Measured;
}

describe("a file of a million records", { timeout: 180_000 }, () => {
  beforeAll(async () => {
    const cells = (index: number) =>
      Array.from({ length: 10 }, (_, column) => `a longer cell ${index}-${column}`);
    const line = (index: number) => `${cells(index).join(",")}\n`;
    await generate("csv", line(0), line, "");
    await generate("json", "[", (index) => `${index === 0 ? "" : ",\n"}${JSON.stringify(cells(index))}`, "]");
    await generate("jsonl", "", (index) => `${JSON.stringify(cells(index))}\n`, "");
    await generate(
      "xml",
      "<all>",
      (index) => `<r><c>${cells(index).join("</c><c>")}</c><d>${index}</d></r>\n`,
      "</all>",
    );
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["csv", { csv: {} }],
    ["json", { json: {} }],
    ["jsonl", { jsonl: {} }],
    ["xml", { xml: { record: "r" } }],
  ])("of %s needs no more memory after its first fifth", (name, definition) => {
    const { rows, kept, early, peak } = measure(definition, name);
    expect(rows).toBe(ROWS);
    expect(kept).toBeGreaterThan(500);
    expect((peak - early) / MEGABYTE).toBeLessThan(64);
  });
});

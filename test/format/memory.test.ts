import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "memory-"));
const MEGABYTE = 1024 * 1024;

/** A program of its own, since the memory of a test runner says little. Prints rows and the growth of its memory. */
const PROGRAM = `
import { openFormat } from "./src/format/open.ts";
const stream = openFormat(JSON.parse(process.argv[1])).records(process.argv[2]);
let rows = 0, start = 0, peak = 0;
for await (const batch of stream) {
  if (rows === 0) start = process.memoryUsage().rss;
  rows += batch.length;
  peak = Math.max(peak, process.memoryUsage().rss);
}
console.log(JSON.stringify({ rows, grown: peak - start }));
`;

async function generate(
  name: string,
  head: string,
  row: (index: number) => string,
  tail: string,
): Promise<number> {
  const out = createWriteStream(join(folder, name));
  out.write(head);
  let written = 0;
  let rows = 0;
  while (written < 100 * MEGABYTE) {
    let block = "";
    while (block.length < MEGABYTE) block += row(rows++);
    written += block.length;
    if (!out.write(block)) await once(out, "drain");
  }
  out.end(tail);
  await once(out, "finish");
  return rows;
}

function measure(definition: object, name: string): { rows: number; grown: number } {
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
  return JSON.parse(run.stdout) as { rows: number; grown: number };
}

describe("a file of 100 MB", { timeout: 120_000 }, () => {
  const rows: Record<string, number> = {};
  beforeAll(async () => {
    const cells = (index: number) => Array.from({ length: 10 }, (_, column) => `cell ${index}-${column}`);
    rows["csv"] = await generate(
      "csv",
      `${cells(0).join(",")}\n`,
      (index) => `${cells(index).join(",")}\n`,
      "",
    );
    rows["json"] = await generate("json", "[0", (index) => `,\n${JSON.stringify(cells(index))}`, "]");
    rows["xml"] = await generate(
      "xml",
      "<all>",
      (index) => `<r><c>${cells(index).join("</c><c>")}</c></r>\n`,
      "</all>",
    );
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["csv", { csv: {} }, 0],
    ["json", { json: {} }, 1],
    ["xml", { xml: { record: "r" } }, 0],
  ])("of %s is read in memory that does not grow with it", (name, definition, more) => {
    const measured = measure(definition, name);
    expect(measured.rows).toBe((rows[name] ?? 0) + more);
    expect(measured.grown).toBeLessThan(150 * MEGABYTE);
  });
});

import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatDiff, readCases, runCases } from "../../src/flow/cases.ts";
import { openFlowFolder } from "../../test/mappings/flow-folder.ts";

const EXAMPLE = new URL("example/", import.meta.url).pathname;
const SCHEMAS = new URL("../../schemas/", import.meta.url).pathname;
const ALONE = { receivedAt: Date.UTC(2026, 10, 27, 9), headers: null, file: null, row: null };

const project = mkdtempSync(join(tmpdir(), "tieline-telephony-"));
cpSync(EXAMPLE, project, { recursive: true });
cpSync(SCHEMAS, join(project, "schemas"), { recursive: true });
afterAll(() => rmSync(project, { recursive: true }));

describe.each(readdirSync(join(EXAMPLE, "mappings")))("the example's flow %s", (name) => {
  const flow = openFlowFolder(project, name);
  const cases = readCases(join(project, "mappings", name, "cases"));

  it.each(cases.map((item) => [item.name, item] as const))("%s", async (_, item) => {
    const run = async () => (await flow.prepare(item.in, ALONE)).mapped;
    const [result] = await runCases([item], run);
    expect([result?.problem ?? "", ...formatDiff(result?.differences ?? [])].join("\n")).toBe("");
    expect(result?.passed).toBe(true);
  });
});

import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatDiff, readCases, runCases } from "../../src/flow/cases.ts";
import { openFlowFolder } from "./flow-folder.ts";
import { SHIPPED } from "./shipped-flows.ts";

const ALONE = { receivedAt: Date.UTC(2026, 10, 27, 9, 1), file: null, row: null };

/** The cases of the flows of an example project that lies beside a connector. @param example its folder, absolute */
export function describeExample(example: string): void {
  const project = mkdtempSync(join(tmpdir(), "tieline-example-"));
  cpSync(example, project, { recursive: true });
  cpSync(join(SHIPPED, "schemas"), join(project, "schemas"), { recursive: true });
  afterAll(() => rmSync(project, { recursive: true }));

  describe.each(readdirSync(join(example, "mappings")))("the example's flow %s", (name) => {
    const flow = openFlowFolder(project, name);
    const cases = readCases(join(project, "mappings", name, "cases"));

    it.each(cases.map((item) => [item.name, item] as const))("%s", async (_, item) => {
      const info = { ...ALONE, headers: item.headers ?? null };
      const [result] = await runCases([item], async () => (await flow.prepare(item.in, info)).mapped);
      expect([result?.problem ?? "", ...formatDiff(result?.differences ?? [])].join("\n")).toBe("");
      expect(result?.passed).toBe(true);
    });
  });
}

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../cli/support.ts";
import { SHIPPED } from "./shipped-flows.ts";

/** The first block of the README: what a user is told to write to `tieline.yaml`. */
function settingsOf(name: string): string {
  const text = readFileSync(join(SHIPPED, "connectors", name, "README.md"), "utf8");
  const [, block] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  if (block === undefined) throw new Error(`the README of ${name} has no settings`);
  return block;
}

/** Flows that come with a connector and are copied into a project when there is such a system. */
const WITH_FLOWS = readdirSync(join(SHIPPED, "connectors")).filter((name) =>
  existsSync(join(SHIPPED, "connectors", name, "project")),
);

describe.each(WITH_FLOWS)("the flows that come with the connector %s", { timeout: 120_000 }, (name) => {
  let cwd: string;

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "tieline-flows-"));
    cpSync(join(SHIPPED, "schemas/canonical"), join(cwd, "schemas/canonical"), { recursive: true });
    // As the connector's README says.
    cpSync(join(SHIPPED, "connectors", name, "project"), cwd, { recursive: true });
    writeFileSync(join(cwd, "tieline.yaml"), `apiVersion: tieline/v1\n${settingsOf(name)}`);
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  const env = { ODOO_API_KEY: "a-key-of-the-tests" };

  test("pass the check, with the settings of its README", async () => {
    const { code, out, err } = await run(["check"], { cwd, env });
    expect(`${out}${err}`).toMatch(/^✓ \d+ flows ready\n$/);
    expect(code).toBe(0);
  });

  test("pass their cases, of which each has one that fails", async () => {
    const { code, out } = await run(["test"], { cwd, env });
    expect(out).not.toContain("✗");
    expect(code).toBe(0);
    for (const flow of readdirSync(join(cwd, "mappings"))) {
      const folder = join(cwd, "mappings", flow, "cases");
      const cases = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
      expect(
        cases.filter((text) => text.includes('"error": "TL_')),
        flow,
      ).toHaveLength(1);
    }
  });
});

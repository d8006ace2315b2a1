import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../cli/support.ts";
import { SHIPPED } from "./shipped-flows.ts";

/** Connectors with a project that shows how such a system is joined. */
const WITH_EXAMPLE = readdirSync(join(SHIPPED, "connectors")).filter((name) =>
  existsSync(join(SHIPPED, "connectors", name, "example")),
);
/** What their settings refer to. */
const SECRETS = { ODOO_API_KEY: "a-key", MAIL_PASSWORD: "a-password", PBX_SECRET: "a-secret" };

test("several connectors come with an example", () => {
  expect(WITH_EXAMPLE).toEqual(expect.arrayContaining(["email", "odoo", "telephony"]));
});

describe.each(WITH_EXAMPLE)("the example of the connector %s", { timeout: 120_000 }, (name) => {
  let cwd: string;

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "tieline-example-"));
    cpSync(join(SHIPPED, "schemas"), join(cwd, "schemas"), { recursive: true });
    cpSync(join(SHIPPED, "connectors", name, "example"), cwd, { recursive: true });
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test("passes the check", async () => {
    const { code, out, err } = await run(["check"], { cwd, env: SECRETS });
    expect(out).toMatch(/✓ \d+ flows ready\n$/);
    // Notes, routings and calls are entries of their own in one contact history.
    const findings = `${out}${err}`.split("\n").filter((line) => /: (warning|error):/.test(line));
    expect(findings.filter((line) => !line.includes("has no `version`"))).toEqual([]);
    expect(code).toBe(0);
  });

  test("passes the cases of all its flows", async () => {
    const { code, out } = await run(["test"], { cwd, env: SECRETS });
    expect(out).not.toContain("✗");
    expect(code).toBe(0);
    for (const flow of readdirSync(join(cwd, "mappings")))
      expect(readdirSync(join(cwd, "mappings", flow, "cases")).length, flow).toBeGreaterThan(0);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/config/package-root.ts";
import { freePort } from "../faults/hub-process.ts";

const FORBID = "--disallow-code-generation-from-strings";

describe("a Node that makes no code from text", () => {
  const ends: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  function dataFolder(): string {
    const data = mkdtempSync(join(tmpdir(), "no-code-"));
    ends.push(async () => rmSync(data, { recursive: true, force: true }));
    return data;
  }

  /** The program on the shipped project, in a process of its own. */
  async function program(data: string, args: readonly string[]) {
    const child = spawn(process.execPath, [FORBID, join(packageRoot(), "dist/src/main.js"), ...args], {
      cwd: packageRoot(),
      env: {
        PATH: process.env["PATH"] ?? "",
        TIELINE_DATA: data,
        TIELINE_LISTEN: `127.0.0.1:${await freePort()}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    const collect = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const exit = once(child, "exit");
    ends.push(async () => {
      child.kill("SIGKILL");
      await exit;
    });
    return { output: () => printed, exit, ended: () => child.exitCode !== null };
  }

  it("runs the shipped examples, messages and files, and answers questions about them", {
    timeout: 120_000,
  }, async () => {
    const data = dataFolder();
    const hub = await program(data, ["start"]);
    while (!hub.output().includes("Done after") && !hub.ended())
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hub.output()).toMatch(/customer-created\.json posted: 202/);
    expect(hub.output()).toMatch(/kunden-\d+\.csv: 200 rows done; crm\.customer: \d+ applied/);
    expect(hub.output()).not.toMatch(/EvalError|TL_INTERNAL/);
    const url = /listens on (\S+)/.exec(hub.output())?.[1] ?? "";
    const authorization = `Bearer ${readFileSync(join(data, "api-token"), "utf8").trim()}`;
    for (const path of [
      "/readyz?verbose=1",
      "/api/v1/customers?q=M%C3%BCller",
      "/api/v1/openapi.json",
      "/metrics",
    ])
      expect([path, (await fetch(`${url}${path}`, { headers: { authorization } })).status]).toEqual([
        path,
        200,
      ]);
    const refused = await fetch(`${url}/api/v1/messages?limit=no`, { headers: { authorization } });
    expect(await refused.json()).toMatchObject({ code: "TL_USAGE" });
  });

  it("compiles a project ahead of its start", { timeout: 60_000 }, async () => {
    const compiling = await program(dataFolder(), ["compile"]);
    expect((await compiling.exit)[0]).toBe(0);
    expect(compiling.output()).toMatch(/compiled into/);
  });
});

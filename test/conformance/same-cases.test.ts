import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = new URL("../..", import.meta.url).pathname;
const CONFIG = new URL("./list.config.ts", import.meta.url).pathname;
const VITEST = new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
const TECHNOLOGY = /sqlite|postgresql|postgres|in process|bullmq/i;

/** The names of the cases that a technology has in common with others, without its own name; sorted. */
async function casesOf(...files: readonly string[]): Promise<readonly string[]> {
  const args = [VITEST, "list", ...files, "--config", CONFIG, "--json"];
  // Nothing of this run's own environment, by which it would take itself for a part of it.
  const env = { PATH: process.env["PATH"] ?? "" };
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, env, maxBuffer: 16 * 1024 * 1024 });
  const cases = JSON.parse(stdout) as readonly { readonly name: string }[];
  return cases
    .map(({ name }) => name)
    .filter((name) => TECHNOLOGY.test(name.split(" > ")[0] ?? ""))
    .map((name) => name.replace(TECHNOLOGY, "…"))
    .sort();
}

it("both stores are put to the same cases", { timeout: 180_000 }, async () => {
  const [sqlite, postgres] = await Promise.all([
    casesOf(
      "test/backend/sqlite-store.test.ts",
      "test/backend/sqlite/crm-tables.test.ts",
      "test/store/queries.test.ts",
    ),
    casesOf("test/backend/postgres/conformance.test.ts"),
  ]);
  expect(postgres).toEqual(sqlite);
  expect(postgres.length).toBeGreaterThan(50);
});

it("both dispatchers are put to the same cases", { timeout: 180_000 }, async () => {
  const [inProcess, bullmq] = await Promise.all([
    casesOf("test/backend/in-process/conformance.test.ts"),
    casesOf("test/backend/bullmq/conformance.test.ts"),
  ]);
  expect(bullmq).toEqual(inProcess);
  expect(bullmq.length).toBeGreaterThan(5);
});

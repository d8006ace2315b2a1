import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { folderWith, run } from "./support.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The code of a README that holds a text. */
async function codeWith(text: string): Promise<string> {
  const readme = await readFile(join(ROOT, "connectors/README.md"), "utf8");
  const found = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? "");
  return found.find((code) => code.includes(text)) ?? "";
}

it("the connectors' README, followed to the letter, gives a connector that keeps the promises of all others", {
  timeout: 180_000,
}, async () => {
  const conditions = '{ resolve: { conditions: ["development"] } }';
  const cwd = await folderWith({
    "package.json": JSON.stringify({ name: "outside", type: "module" }),
    "vitest.config.ts": `export default { ...${conditions}, ssr: ${conditions}, test: { include: ["connectors/**/*.test.ts"] } };\n`,
  });
  await mkdir(join(cwd, "node_modules"));
  await symlink(join(ROOT, "node_modules/vitest"), join(cwd, "node_modules/vitest"));
  await symlink(ROOT, join(cwd, "node_modules/tieline"));
  await symlink(join(ROOT, "test"), join(cwd, "test"));
  expect((await run(["new", "connector", "acme"], { cwd })).code).toBe(0);
  // Its cut-down `index.ts` has no sink; what was made has one, and the suite's example names it.
  await writeFile(join(cwd, "connectors/acme/promises.test.ts"), await codeWith("describeConnector"));
  const tests = await promisify(execFile)(join(ROOT, "node_modules/.bin/vitest"), ["run"], {
    cwd,
    env: { ...process.env, NO_COLOR: "1" },
  }).catch((error: unknown) => error as { readonly stdout: string });
  expect(tests.stdout).toMatch(/Test Files +2 passed \(2\)/);
  expect(tests.stdout).toContain("connectors/acme/promises.test.ts");
});

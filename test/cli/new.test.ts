import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { folderWith, project, run } from "./support.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

async function files(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** A project with the canonical schemas, which flows into the CRM name. */
async function setup() {
  const cwd = await project();
  await cp(join(ROOT, "schemas", "canonical"), join(cwd, "schemas", "canonical"), { recursive: true });
  return cwd;
}

describe("tieline new flow", () => {
  it("makes a flow that passes check and its own case, and touches nothing else", async () => {
    const cwd = await setup();
    const before = await files(cwd);
    const made = (await run(["new", "flow", "acme-customers", "--json"], { cwd })).json() as {
      made: string[];
    };
    const after = await files(cwd);
    expect(after.filter((path) => !before.includes(path)).sort()).toEqual([...made.made].sort());
    expect(made.made.every((path) => path.startsWith("mappings/acme-customers/"))).toBe(true);
    expect(await run(["check"], { cwd })).toMatchObject({ code: 0, out: "✓ 2 flows ready\n" });
    expect(await run(["test", "acme-customers"], { cwd })).toMatchObject({ code: 0 });
    const tried = await run(["try", "acme-customers", "mappings/acme-customers/samples/record.json"], {
      cwd,
    });
    expect(tried.code).toBe(0);
    expect(tried.out).toContain("crm.customer (filtered)");
  });

  it("joins the ends it is given", async () => {
    const cwd = await setup();
    await run(["new", "flow", "mirror", "--from", "topic:customer.changed", "--to", "crm.order"], {
      cwd,
    });
    const text = await readFile(join(cwd, "mappings/mirror/flow.yaml"), "utf8");
    expect(text).toContain("topic: customer.changed");
    expect(text).toContain("to: crm.order");
    expect(await run(["check"], { cwd })).toMatchObject({ code: 0, out: "✓ 2 flows ready\n" });
    expect((await run(["test", "mirror"], { cwd })).code).toBe(0);
  });

  it("leaves a folder alone that is there", async () => {
    const cwd = await setup();
    const before = await files(cwd);
    const { code, err } = await run(["new", "flow", "orders"], { cwd });
    expect(code).toBe(1);
    expect(err).toContain("the folder is there already");
    expect(await files(cwd)).toEqual(before);
  });
});

describe("tieline new connector", () => {
  it("makes a connector whose types and tests pass, in its own folder alone", {
    timeout: 120_000,
  }, async () => {
    const cwd = await folderWith({
      "package.json": JSON.stringify({ name: "outside", type: "module" }),
      "vitest.config.ts":
        'export default { resolve: { conditions: ["development"] }, ssr: { resolve: { conditions: ["development"] } }, test: { include: ["connectors/**/*.test.ts"] } };\n',
      "tsconfig.json": JSON.stringify({
        extends: join(ROOT, "tsconfig.json"),
        compilerOptions: { types: ["node"], typeRoots: [join(ROOT, "node_modules", "@types")] },
        include: ["connectors"],
      }),
    });
    await mkdir(join(cwd, "node_modules"));
    for (const name of ["vitest", "@types"])
      await symlink(join(ROOT, "node_modules", name), join(cwd, "node_modules", name));
    await symlink(ROOT, join(cwd, "node_modules", "tieline"));
    const { code, json } = await run(["new", "connector", "acme-shop", "--json"], { cwd });
    expect(code).toBe(0);
    expect((json() as { made: string[] }).made).toEqual(
      ["index.ts", "source.ts", "acme-shop.test.ts", "README.md"].map(
        (name) => `connectors/acme-shop/${name}`,
      ),
    );
    const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);
    const started = promisify(execFile);
    const tests = await started(bin("vitest"), ["run"], { cwd, env: { ...process.env, NO_COLOR: "1" } });
    expect(tests.stdout).toMatch(/Tests +4 passed \(4\)/);
    await started(bin("tsc"), ["-p", "tsconfig.json"], { cwd });
    await started(bin("biome"), ["check", "--config-path", ROOT, "--vcs-enabled=false", "connectors"], {
      cwd,
    });
  });
});

import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { inspectStore } from "../../src/backends.ts";
import { nodeFindings } from "../../src/doctor/machine.ts";
import { freePort } from "../faults/hub-process.ts";
import { project, run } from "./support.ts";

/** A project whose hub would listen on a port of its own. */
async function setup(changes: Readonly<Record<string, string>> = {}) {
  const port = await freePort();
  const cwd = await project({
    "tieline.yaml": `apiVersion: tieline/v1\nlisten: 127.0.0.1:${port}\n`,
    ...changes,
  });
  const ports = { inspectStore };
  const data = join(cwd, "data");
  return { cwd, port, data, doctor: () => run(["doctor"], { cwd, ports, now: Date.now }) };
}

describe("tieline doctor where no hub runs", () => {
  it("finds nothing wrong with a new project", async () => {
    const { doctor, port } = await setup();
    const { code, out } = await doctor();
    expect(code).toBe(0);
    expect(out).toMatch(/✓ node +\d+/);
    expect(out).toMatch(/✓ time zones/);
    expect(out).toMatch(/✓ project +1 flow, 0 systems, secrets set/);
    expect(out).toMatch(/✓ data folder .*made by the first start/);
    expect(out).toMatch(/✓ hub +not running/);
    expect(out).toContain(`127.0.0.1:${port} is free`);
    expect(out).toMatch(/✓ store +none yet/);
  });

  it("checks the store itself, and says when another process holds it", async () => {
    const { doctor, data } = await setup();
    const store = openSqliteStore(data);
    expect((await doctor()).out).toMatch(/! store +a hub that does not answer here holds it/);
    await store.close();
    expect((await doctor()).out).toMatch(/✓ store +opens/);
  });

  it("finds a store that is damaged", async () => {
    const { doctor, data } = await setup();
    await mkdir(data, { mode: 0o700 });
    await writeFile(join(data, "tieline.db"), "this is no database, and never was one".repeat(200));
    const { code, out } = await doctor();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ store/);
  });

  it("finds secrets that are not set, folders that are missing, and a data folder that is open to others", async () => {
    const { doctor, data } = await setup({
      "tieline.yaml":
        "apiVersion: tieline/v1\nsystems:\n  erp:\n    connector: erp\n    settings:\n      files:\n        list: { inbox: ./gone, pattern: '*.csv' }\n",
    });
    await mkdir(data);
    await chmod(data, 0o755);
    const { code, out } = await doctor();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ drop erp +.*gone is not there/);
    expect(out).toMatch(/! data folder .*may be read by others[^\n]*\n +chmod 700/);
  });

  it("tells what of the project is doubtful, with its place and what was probably meant", async () => {
    const { doctor } = await setup({
      "tieline.yaml": "apiVersion: tieline/v1\nretention:\n  flows:\n    ordres: 30d\n",
    });
    const { out } = await doctor();
    expect(out).toMatch(
      /! project +1 warning: tieline\.yaml:4:5 retention\.flows\.ordres: .*\n +Did you mean "orders"\? `tieline check` lists them\./,
    );
  });

  it("finds an address that another program has", async () => {
    const { doctor, port } = await setup();
    const other = createServer((_, response) => response.destroy());
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const { code, out } = await doctor();
    await new Promise((resolve) => other.close(resolve));
    expect((other.address() as AddressInfo | null)?.port).toBeUndefined();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ listen +.*EADDRINUSE/);
  });

  it("judges Node by the floor the package declares", () => {
    expect(nodeFindings("20.18.9")[0]?.level).toBe("bad");
    expect(nodeFindings("20.19.0")[0]?.level).toBe("ok");
    expect(nodeFindings("24.1.0")[0]?.level).toBe("ok");
  });
});

import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DATABASE, openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { inspectStore, restoreStore } from "../../src/backends.ts";
import { freePort, startHubProcess } from "../faults/hub-process.ts";
import { folderWith, project, type Run, run as runLine } from "./support.ts";

const ports = {
  inspectStore,
  restoreStore,
};

/** A backup as the hub makes it: the store, and the archive of files. */
async function setup() {
  const cwd = await folderWith({ "backup/archive/list/2026-11-22/list.csv": "id;name\n" });
  const backup = join(cwd, "backup");
  const store = openSqliteStore(join(cwd, "old"));
  await store.backup(backup);
  await store.close();
  return {
    cwd,
    backup,
    data: join(cwd, "new"),
    run: (line: string): Promise<Run> => runLine(line.split(" "), { cwd, ports }),
  };
}

describe("tieline restore", () => {
  it("makes a data folder of store and archive, which opens", async () => {
    const { run, data } = await setup();
    const { code, out } = await run("restore backup --data new");
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(`restored to ${data}`) });
    expect(await readFile(join(data, "archive/list/2026-11-22/list.csv"), "utf8")).toBe("id;name\n");
    expect((await stat(data)).mode & 0o077).toBe(0);
    await openSqliteStore(data).close();
  });

  it("names the files of an old archive that the backup lacks", async () => {
    const { run, cwd } = await setup();
    const day = join(cwd, "lost/archive/list/2026-11-23");
    await mkdir(day, { recursive: true });
    await writeFile(join(day, "0123456789ab-late.csv"), "id;name\n1;Late\n");
    await writeFile(join(day, "0123456789ab-late.csv.utf8"), "id;name\n1;Late\n");
    const { code, out } = await run("restore backup --data new --archive lost/archive");
    expect(code).toBe(0);
    expect(out).toMatch(/put each into its inbox again[\s\S]*list +late\.csv +\S+0123456789ab-late\.csv$/m);
    expect(out).not.toContain(".utf8");
  });

  it("never overwrites", async () => {
    const { run, data } = await setup();
    await mkdir(data);
    await writeFile(join(data, "something"), "kept");
    const { code, err } = await run("restore backup --data new");
    expect(code).toBe(1);
    expect(err).toContain("the data folder is not empty");
    expect(await readFile(join(data, "something"), "utf8")).toBe("kept");
  });

  it("refuses while a hub has the folder", async () => {
    const { run, data } = await setup();
    const store = openSqliteStore(data);
    const { code, err } = await run("restore backup --data new");
    await store.close();
    expect(code).toBe(1);
    expect(err).toContain("another process holds the data folder");
  });

  it("leaves a store in PostgreSQL to its database", async () => {
    const { cwd } = await setup();
    const env = { TIELINE_STORAGE: "postgres://tieline:secret@127.0.0.1/hub" };
    const { code, err } = await runLine(["restore", "backup"], { cwd, ports, env });
    expect(code).toBe(2);
    expect(err).toContain("PostgreSQL at 127.0.0.1:5432, database hub, schema tieline");
    expect(err).toContain("pg_restore");
    expect(err).not.toContain("secret");
  });

  it("refuses what is no backup", async () => {
    const { run, cwd } = await setup();
    expect((await run("restore nothing --data new")).err).toContain("not a folder that can be read");
    await mkdir(join(cwd, "empty"));
    expect((await run("restore empty --data new")).code).toBe(1);
  });

  it("refuses a backup that is damaged, and leaves nothing of it", async () => {
    const { run, backup, data } = await setup();
    const bytes = await readFile(join(backup, DATABASE));
    await writeFile(join(backup, DATABASE), bytes.fill(0x55, 4096));
    expect((await run("restore backup --data new")).code).toBe(1);
    expect(await readdir(data)).toEqual([]);
  });
});

describe("tieline backup", () => {
  it("copies a running hub's data to a folder that restore takes", { timeout: 60_000 }, async () => {
    const dir = await project();
    const hub = await startHubProcess({ dir, port: await freePort() });
    try {
      const run = (line: string): Promise<Run> => runLine(line.split(" "), { cwd: dir, ports });
      expect(await run(`backup copy --url ${hub.url}`)).toMatchObject({ code: 0, err: "" });
      expect((await run(`backup copy --url ${hub.url}`)).err).toContain("not empty");
      expect((await run("restore copy")).err).toContain("another process holds the data folder");
      expect((await run("restore copy --data second")).code).toBe(0);
    } finally {
      await hub.kill();
    }
    const second = await startHubProcess({
      dir,
      port: await freePort(),
      env: { TIELINE_DATA: join(dir, "second") },
    });
    await second.kill();
  });
});

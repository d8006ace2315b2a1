import { describe, expect, it } from "vitest";
import type { StorageSettings } from "../../src/config/hub-settings.ts";
import { folderWith, run } from "./support.ts";

/** Runs the command with a store that says what it was asked. */
async function migrate(to: string, env: Readonly<Record<string, string>> = {}, json = false) {
  const cwd = await folderWith({ "tieline.yaml": "apiVersion: tieline/v1\n" });
  const asked: StorageSettings[] = [];
  const moved = {
    rows: 1_234,
    tables: new Map([
      ["message", 1_000],
      ["customer", 234],
    ]),
    before: false,
  };
  const result = await run(["migrate", "--to", to, ...(json ? ["--json"] : [])], {
    cwd,
    env,
    ports: {
      moveStore: async (from, storage) => {
        asked.push(from, storage);
        return moved;
      },
    },
  });
  return { ...result, asked, cwd };
}

describe("tieline migrate", () => {
  it("names both places without user and password, and what to do next", async () => {
    const { code, out, err, asked, cwd } = await migrate(`postgres://me:\${env:PW}@127.0.0.1/hub`, {
      PW: "s3cret",
    });
    expect(code).toBe(0);
    expect(asked).toMatchObject([
      { kind: "sqlite", folder: `${cwd}/data` },
      { kind: "postgres", user: "me", password: "s3cret", database: "hub", schema: "tieline" },
    ]);
    expect(out).toContain("1,234 rows moved: 1,000 messages, 0 deliveries, 234 customers, 0 files");
    expect(out).toContain("PostgreSQL at 127.0.0.1:5432, database hub, schema tieline");
    expect(out).toContain("TIELINE_STORAGE");
    expect(out + err).not.toContain("s3cret");
  });

  it("moves the store of the data folder, also when the new storage is set already", async () => {
    const to = "postgres://me@127.0.0.1/hub";
    const { asked, cwd, json } = await migrate(to, { TIELINE_STORAGE: to }, true);
    expect(asked[0]).toEqual({ kind: "sqlite", folder: `${cwd}/data` });
    expect(json()).toMatchObject({ rows: 1_234, tables: { message: 1_000 }, before: false });
  });

  it("says what is wrong with the place, without repeating it", async () => {
    const { code, err, asked } = await migrate("postgres://me:s3cret@127.0.0.1/");
    expect(code).toBe(2);
    expect(err).toContain("--to: the URL names no database");
    expect(err).not.toContain("s3cret");
    expect(asked).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { type DropFolderOptions, dropFolder } from "../../src/connector/drop-folder.ts";
import { HubError } from "../../src/errors.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fresh inbox with a source on it, removed after the test. */
export function setup(options: Partial<DropFolderOptions> = {}) {
  const root = mkdtempSync(join(tmpdir(), "tieline-drop-"));
  folders.push(root);
  const inbox = join(root, "in");
  mkdirSync(inbox);
  let time = 1_000_000;
  const open = (hub?: string, system = "erp") =>
    dropFolder(
      { inbox, pattern: "*.csv", stable: 20, ...options },
      { system, now: () => time, ...(hub === undefined ? {} : { hub }) },
    );
  return {
    root,
    inbox,
    archive: join(root, "archive", "f-1"),
    open,
    source: open("hub-a"),
    drop: (name: string, content = "KUNNR\n1\n"): void => {
      writeFileSync(join(inbox, name), content);
    },
    names: () =>
      readdirSync(inbox)
        .filter((name) => name !== ".tieline")
        .sort(),
    claims: () => readdirSync(join(inbox, ".tieline")).sort(),
    later: (ms: number) => {
      time += ms;
    },
  };
}

/** The code a promise is rejected with, or "resolved". */
export const code = (work: Promise<unknown>) =>
  work.then(
    () => "resolved",
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );

/** The only item of a list. */
export async function one<T>(list: Promise<readonly T[]>): Promise<T> {
  const items = await list;
  expect(items).toHaveLength(1);
  return items[0] as T;
}

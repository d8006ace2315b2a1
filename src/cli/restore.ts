import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { hubPlace } from "../config/hub-place.ts";
import { describeStorage } from "../config/storage.ts";
import { HubError } from "../errors.ts";
import type { Restored } from "../store/restored.ts";
import { copyTree } from "./copy-tree.ts";
import { describeGaps, filesMissing, gapOf } from "./restore-gaps.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";
import { paint } from "./terminal.ts";

interface RestoreOptions extends CommonOptions {
  readonly data?: string;
  readonly archive?: string;
}

/** What a backup holds beside the store: the archive of files that rows refer to. */
const ARCHIVE = "archive";

export function addRestore(program: Command, session: Session): void {
  addCommand(program, "restore <folder>", "Make a new data folder from a backup; the hub must not run", [
    "tieline restore /backup/2026-11-22 --data /var/lib/tieline",
  ])
    .option(
      "--archive <folder>",
      "`archive` of the lost data folder, where it is left: names its files that the backup lacks",
    )
    .option("--data <folder>", "data folder to fill (default: TIELINE_DATA, or `data` of tieline.yaml)")
    .action(async (folder: string, options: RestoreOptions) => {
      const { terminal } = session;
      const from = resolve(terminal.cwd, folder);
      const place = await hubPlace(projectFolder(session, options), terminal.env);
      const to = options.data === undefined ? place.data : resolve(terminal.cwd, options.data);
      if (place.storage.kind !== "sqlite") {
        const what = `the store is ${describeStorage(place.storage)}, which restores its own copies`;
        throw new HubError("TL_USAGE", what, {
          cure: "Run pg_restore, then copy `archive` into the data folder; README.md says how, under Operate.",
        });
      }
      const old = options.archive === undefined ? null : resolve(terminal.cwd, options.archive);
      if (old !== null)
        await requireFolder(old, "Name the folder `archive` of the data folder that was lost.");
      const restored = await restore(session, from, to);
      const missing = old === null ? [] : await filesMissing(old, restored);
      const gaps = { flows: restored.flows.map(gapOf), files: missing };
      print(session, options, { restored: to, gaps }, () =>
        [
          `${paint(terminal, "green", "✓")} restored to ${to}; start the hub to go on from there.`,
          "  A backup holds no secrets: copy `secrets` and `api-token` of the old data folder, or give the other systems new ones.",
          ...describeGaps(restored, old === null ? null : missing),
        ].join("\n"),
      );
    });
}

async function restore(session: Session, from: string, to: string): Promise<Restored> {
  await requireFolder(from, "Name the folder that `tieline backup` wrote.");
  // The store says so itself while a hub holds the folder: its lock goes away only with that process.
  await session.ports.inspectStore({ kind: "sqlite", folder: to });
  await mkdir(to, { recursive: true, mode: 0o700 });
  const left = (await readdir(to)).filter((name) => name !== "lock.db");
  if (left.length > 0) {
    throw new HubError("TL_CONFLICT", "the data folder is not empty", {
      place: { file: to },
      cure: "A restore never overwrites. Move the old folder away first, or name a new one with --data.",
    });
  }
  try {
    if (await exists(join(from, ARCHIVE))) await copyTree(join(from, ARCHIVE), join(to, ARCHIVE));
    // Last: a folder with a store in it is one that was restored whole.
    return await session.ports.restoreStore(from, to);
  } catch (error) {
    // The folder was empty before; half a restore must not look like a data folder, nor stand in the next one's way.
    for (const name of await readdir(to)) await rm(join(to, name), { recursive: true, force: true });
    throw error;
  }
}

async function requireFolder(folder: string, cure: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new HubError("TL_NOT_FOUND", "the backup is not a folder that can be read", {
      place: { file: folder },
      cure,
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

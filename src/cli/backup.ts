import { resolve } from "node:path";
import type { Command } from "commander";
import { showBytes } from "../message/units.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { paint } from "./terminal.ts";

export function addBackup(program: Command, session: Session): void {
  addRemote(
    program,
    "backup <folder>",
    "Copy the store and the archive of a running hub; the copy is consistent",
    ["tieline backup /backup/$(date +%F)"],
  ).action(async (folder: string, options: RemoteOptions) => {
    const { terminal } = session;
    const hub = await hubOf(session, options);
    const target = resolve(terminal.cwd, folder);
    const done = await hub.post<{ readonly bytes: number }>("/backup", { folder: target });
    print(
      session,
      options,
      { folder: target, ...done },
      () => `${paint(terminal, "green", "✓")} ${showBytes(done.bytes)} in ${target}`,
    );
  });
}

import type { Command } from "commander";
import type { ChainReport } from "../store/audit-chain.ts";
import type { Page } from "./api-shape.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface Entry {
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly reason: string | null;
}

interface VerifyOptions extends RemoteOptions {
  readonly head?: string;
}

export function addAudit(program: Command, session: Session): void {
  const group = program.command("audit").description("See what people did, and that nobody changed the log");
  addRemote(group, "ls", "The newest 50 acts", ["tieline audit ls"]).action(
    async (options: RemoteOptions) => {
      const hub = await hubOf(session, options);
      const page = await hub.get<Page<Entry>>("/audit");
      print(session, options, page, () => list(page.items));
    },
  );
  addRemote(group, "verify", "Check that every entry fits what is before it; exit code 1 when one does not", [
    "tieline audit verify",
    "tieline audit verify --head 5f2b…    # also that nothing was cut off since that was noted",
  ])
    .option("--head <hash>", "`head` of an earlier run: it must still be in the log")
    .action(async (options: VerifyOptions) => {
      const hub = await hubOf(session, options);
      const report = await hub.get<ChainReport>("/audit/verify", { head: options.head });
      const ok = report.brokenAt === null && report.knows !== false;
      if (!ok) session.exitCode = 1;
      print(session, options, report, () =>
        ok
          ? `${paint(session.terminal, "green", "✓")} every entry fits, of ${report.entries}${unsealed(report)}\nhead ${report.head ?? "none yet"}`
          : `${paint(session.terminal, "red", "✗")} ${broken(report)}`,
      );
    });
}

function unsealed({ unsealed }: ChainReport): string {
  return unsealed === 0 ? "" : `; the first ${unsealed} were written before entries were chained`;
}

function broken({ brokenAt, entries }: ChainReport): string {
  return brokenAt === null
    ? "the head given is not in the log: entries were cut off or written anew since it was noted"
    : `entry ${brokenAt} does not fit the ${entries} before it: one of them was changed, added or taken out`;
}

function list(entries: readonly Entry[]): string {
  return table(entries, [
    { title: "AT", cell: (entry) => showMoment(entry.at) },
    { title: "WHO", cell: (entry) => entry.actor },
    { title: "ACT", cell: (entry) => entry.act },
    { title: "ON", cell: (entry) => entry.target },
    { title: "WHY", cell: (entry) => entry.reason ?? " " },
  ]);
}

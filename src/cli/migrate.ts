import type { Command } from "commander";
import { hubPlace } from "../config/hub-place.ts";
import type { StorageSettings } from "../config/hub-settings.ts";
import { describeStorage, parseStorage } from "../config/storage.ts";
import { HubError } from "../errors.ts";
import { showCount } from "../message/units.ts";
import { progressLine } from "./progress.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";
import { paint } from "./terminal.ts";

interface MigrateOptions extends CommonOptions {
  readonly to: string;
}

export function addMigrate(program: Command, session: Session): void {
  addCommand(program, "migrate", "Move the embedded store to PostgreSQL; the hub must not run", [
    `tieline migrate --to 'postgres://tieline:\${env:PGPASSWORD}@db.example:5432/tieline'`,
  ])
    .requiredOption("--to <storage>", "where to, as `storage` of tieline.yaml would name it")
    .addHelpText(
      "after",
      "\nMessages in flight, customers, files, schedules and the audit log move together, or nothing does. The data\nfolder stays in use: it keeps the archive of files and the secrets. A move that was cut off is finished by\nrunning it again.",
    )
    .action(async (options: MigrateOptions) => {
      const { terminal } = session;
      const dir = projectFolder(session, options);
      const place = await hubPlace(dir, terminal.env);
      const from: StorageSettings =
        place.storage.kind === "sqlite" ? place.storage : { kind: "sqlite", folder: place.data };
      const to = storageOf(options.to, dir, place.data, session);
      const first = { at: Date.now(), rows: 0, progress: 0 };
      const moved = await session.ports.moveStore(from, to, (rows, of) => {
        const latest = { at: Date.now(), rows, progress: of === 0 ? 1 : rows / of };
        if (options.json !== true) terminal.progress(progressLine(first, latest));
      });
      terminal.progress("");
      const result = {
        from: describeStorage(from),
        to: describeStorage(to),
        rows: moved.rows,
        tables: Object.fromEntries(moved.tables),
        before: moved.before,
      };
      print(session, options, result, () =>
        [
          moved.before
            ? `${paint(terminal, "green", "✓")} the store had arrived already; the old one knows it now`
            : `${paint(terminal, "green", "✓")} ${showCount(moved.rows)} rows moved: ${summary(moved.tables)}`,
          `  from ${result.from}; no hub opens it any more`,
          `  to   ${result.to}`,
          "  Next: name that storage in tieline.yaml or TIELINE_STORAGE, then start the hub.",
        ].join("\n"),
      );
    });
}

/** The store as the option names it; a password may stand there, as in the environment. */
function storageOf(written: string, dir: string, data: string, session: Session): StorageSettings {
  const references = { dir, data, variables: session.terminal.env, createSecrets: false };
  const found = parseStorage(written, data, references, true);
  if ("kind" in found) return found;
  throw new HubError("TL_USAGE", `--to: ${found.problem}`, { cure: found.cure });
}

function summary(tables: ReadonlyMap<string, number>): string {
  const words = { message: "messages", delivery: "deliveries", customer: "customers", file: "files" };
  return Object.entries(words)
    .map(([table, word]) => `${showCount(tables.get(table) ?? 0)} ${word}`)
    .join(", ");
}

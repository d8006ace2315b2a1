import { Command, CommanderError } from "commander";
import { exitCodeOf, failureJson, failureText } from "./failure-text.ts";
import type { Ports } from "./ports.ts";
import { jsonText, type Session } from "./session.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { programVersion } from "./version.ts";

/**
 * Runs one command line. Never rejects: failures are printed as what, where, cure, and become the exit code
 * (0 ok, 1 failed, 2 usage, 3 partial), which is set on the process too when `terminal` is not given.
 */
export async function runCli(argv: readonly string[], ports: Ports, terminal?: Terminal): Promise<number> {
  const session: Session = { terminal: terminal ?? processTerminal(), ports, exitCode: 0 };
  const wantsJson = argv.includes("--json");
  try {
    const root = program(session);
    for (const add of await commandsFor(argv[2])) add(root, session);
    await root.parseAsync([...argv]);
  } catch (error) {
    session.terminal.progress("");
    session.exitCode = error instanceof CommanderError ? commanderExit(error) : exitCodeOf(error);
    if (!(error instanceof CommanderError)) {
      if (wantsJson) session.terminal.out(jsonText(failureJson(error)));
      else session.terminal.err(failureText(session.terminal, error));
    }
  }
  if (terminal === undefined) process.exitCode = session.exitCode;
  return session.exitCode;
}

type Add = (root: Command, session: Session) => void;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  start: async () => (await import("./start.ts")).addStart,
  check: async () => (await import("./check.ts")).addCheck,
  compile: async () => (await import("./compile.ts")).addCompile,
  explain: async () => (await import("./explain.ts")).addExplain,
  test: async () => (await import("./test/command.ts")).addTest,
  lineage: async () => (await import("./lineage.ts")).addLineage,
  map: async () => (await import("./map-serve.ts")).addMap,
  try: async () => (await import("./try.ts")).addTry,
  new: async () => (await import("./new.ts")).addNew,
  deploy: async () => (await import("./deploy.ts")).addDeploy,
  send: async () => (await import("./send.ts")).addSend,
  messages: async () => (await import("./messages.ts")).addMessages,
  replay: async () => (await import("./replay.ts")).addReplay,
  case: async () => (await import("./case.ts")).addCase,
  files: async () => (await import("./files.ts")).addFiles,
  flows: async () => (await import("./flows.ts")).addFlows,
  systems: async () => (await import("./systems.ts")).addSystems,
  errors: async () => (await import("./errors.ts")).addErrors,
  alerts: async () => (await import("./alerts.ts")).addAlerts,
  customers: async () => (await import("./customers.ts")).addCustomers,
  users: async () => (await import("./users.ts")).addUsers,
  keys: async () => (await import("./keys.ts")).addKeys,
  audit: async () => (await import("./audit.ts")).addAudit,
  top: async () => (await import("./top.ts")).addTop,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  backup: async () => (await import("./backup.ts")).addBackup,
  restore: async () => (await import("./restore.ts")).addRestore,
  export: async () => (await import("./export.ts")).addExport,
  migrate: async () => (await import("./migrate.ts")).addMigrate,
};

/** The command that is named, alone: loading the others takes longer than most of them run. All where none is. */
async function commandsFor(name: string | undefined): Promise<readonly Add[]> {
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return load === undefined ? Promise.all(Object.values(COMMANDS).map((one) => one())) : [await load()];
}

function program(session: Session): Command {
  const { terminal } = session;
  const root = new Command("tieline")
    .description("Enterprise application integration hub")
    .version(programVersion(), "-V, --version")
    .showHelpAfterError("Add --help to see how it is used.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => terminal.colour,
    })
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  $ tieline start                         # run the hub in this folder's project",
        "  $ tieline check && tieline test         # before a change goes live",
        "  $ tieline messages ls --state parked    # what waits for a person",
        "",
        "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 partly done.",
      ].join("\n"),
    );
  return root;
}

/** Asking for help or the version is no failure; everything else commander reports is wrong usage. */
function commanderExit(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}

import { Command, CommanderError } from "commander";
import { addBackup } from "./backup.ts";
import { addCheck } from "./check.ts";
import { addCustomers } from "./customers.ts";
import { addDoctor } from "./doctor.ts";
import { addExplain } from "./explain.ts";
import { exitCodeOf, failureJson, failureText } from "./failure-text.ts";
import { addFiles } from "./files.ts";
import { addFlows } from "./flows.ts";
import { addLineage } from "./lineage.ts";
import { addMap } from "./map-serve.ts";
import { addMessages } from "./messages.ts";
import { addNew } from "./new.ts";
import type { Ports } from "./ports.ts";
import { addReplay } from "./replay.ts";
import { addRestore } from "./restore.ts";
import { addSend } from "./send.ts";
import { jsonText, type Session } from "./session.ts";
import { addStart } from "./start.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { addTest } from "./test/command.ts";
import { addTry } from "./try.ts";
import { programVersion } from "./version.ts";

/**
 * Runs one command line. Never rejects: failures are printed as what, where, cure, and become the exit code
 * (0 ok, 1 failed, 2 usage, 3 partial), which is set on the process too when `terminal` is not given.
 */
export async function runCli(argv: readonly string[], ports: Ports, terminal?: Terminal): Promise<number> {
  const session: Session = { terminal: terminal ?? processTerminal(), ports, exitCode: 0 };
  const wantsJson = argv.includes("--json");
  try {
    await program(session).parseAsync([...argv]);
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
  for (const add of [
    addStart,
    addCheck,
    addExplain,
    addTest,
    addLineage,
    addMap,
    addTry,
    addNew,
    addSend,
    addMessages,
    addReplay,
    addFiles,
    addFlows,
    addCustomers,
    addDoctor,
    addBackup,
    addRestore,
  ]) {
    add(root, session);
  }
  return root;
}

/** Asking for help or the version is no failure; everything else commander reports is wrong usage. */
function commanderExit(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}

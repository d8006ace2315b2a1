import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { HubClient } from "./client.ts";
import type { Ports } from "./ports.ts";
import type { Terminal } from "./terminal.ts";

/** What every command has at hand. */
export interface Session {
  readonly terminal: Terminal;
  readonly ports: Ports;
  /** Set by the command that ran: 0 ok, 1 failed, 2 usage, 3 partial. */
  exitCode: number;
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly dir: string;
  readonly json?: true;
}

/** Options of commands that talk to a running hub. */
export interface RemoteOptions extends CommonOptions {
  readonly url?: string;
  readonly token?: string;
}

/** Adds a command with the options all have, and its examples. */
export function addCommand(
  parent: Command,
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  return parent
    .command(usage)
    .description(description)
    .option("--dir <folder>", "project folder", ".")
    .option("--json", "print one JSON document")
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
}

/** Adds a command that talks to a running hub. */
export function addRemote(
  parent: Command,
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  return addCommand(parent, usage, description, examples)
    .addOption(
      new Option("--url <url>", "where the hub answers (default: `listen` of tieline.yaml)").env(
        "TIELINE_URL",
      ),
    )
    .addOption(
      new Option("--token <token>", "API token (default: file api-token of the data folder)").env(
        "TIELINE_TOKEN",
      ),
    );
}

/** The hub that a command talks to. */
export async function hubOf(session: Session, options: RemoteOptions): Promise<HubClient> {
  const { openClient } = await import("./client.ts");
  return openClient(session.terminal, { ...options, dir: projectFolder(session, options) });
}

export function projectFolder(session: Session, options: CommonOptions): string {
  return resolve(session.terminal.cwd, options.dir);
}

/** Why a person acts, as the API takes it for its audit log. */
export function reasonOf({ reason }: { readonly reason?: string }): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

/** Prints the result: one JSON document with `--json`, else the text. */
export function print(session: Session, options: CommonOptions, value: unknown, text: () => string): void {
  session.terminal.out(options.json === true ? jsonText(value) : text());
}

/** JSON, indented. Control characters that JSON leaves raw (DEL, C1) are escaped too: a terminal may obey them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { showBytes, showCount } from "../message/units.ts";
import { FILE_STATES } from "../store/file-table.ts";
import type { FileRun, Page } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { progressLine, type Sight } from "./progress.ts";
import { pageEnd, readPage } from "./read-page.ts";
import { momentText, wholeNumber } from "./selection.ts";
import { addRemote, hubOf, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { facts, table } from "./table.ts";
import { paint, printable, type Style, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";
import { addWrittenFiles } from "./written-files.ts";

interface ListOptions extends RemoteOptions {
  readonly flow?: string;
  readonly state?: string;
  readonly since?: string;
  readonly limit: string;
  readonly next?: string;
}

const LOOK_MS = 500;

export function addFiles(program: Command, session: Session): void {
  const group = program.command("files").description("Look at files that came and files that were written");
  addRemote(group, "ls", "List file runs, newest first", [
    "tieline files ls --flow erp-customers",
    "tieline files ls --since 24h",
  ])
    .option("--flow <name>", "only this flow")
    .option("--state <state>", `only this state: ${FILE_STATES.join(", ")}`)
    .option("--since <when>", "begun since: 30m, 2h, 7d, or a date")
    .option("--limit <n>", "how many", "20")
    .option("--next <cursor>", "go on where the last list ended")
    .action(async (options: ListOptions) => {
      const { terminal } = session;
      const hub = await hubOf(session, options);
      const { flow, state, next, since } = options;
      const begun = since === undefined ? undefined : momentText(since, terminal.now());
      const query = { flow, state, since: begun, cursor: next };
      const page = await readPage<FileRun>(hub, "/files", query, wholeNumber("--limit", options.limit));
      print(session, options, page, () => fileTable(terminal, page));
    });
  addRemote(group, "show <id>", "One file run with its books", ["tieline files show 12"]).action(
    async (id: string, options: RemoteOptions) => {
      const file = await fileRun(await hubOf(session, options), id);
      print(session, options, file, () => fileText(session.terminal, file));
    },
  );
  addWrittenFiles(group, session);
  addRemote(group, "rejects <id>", "The rejected rows, to mend and drop again", [
    "tieline files rejects 12 > rejects.csv",
  ]).action(async (id: string, options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const { body } = await hub.bytes(`/files/${wholeNumber("id", id)}/rejects`);
    if (options.json === true)
      print(session, options, { id: Number(id), text: Buffer.from(body).toString() }, () => "");
    else session.terminal.outBytes(body);
  });
  addRemote(group, "resume <id>", "Let a stopped file go on from where it stopped", [
    "tieline files resume 12",
  ])
    .option("--reason <text>", "why, for the audit log")
    .action(async (id: string, options: RemoteOptions & { readonly reason?: string }) => {
      const hub = await hubOf(session, options);
      await hub.post(`/files/${wholeNumber("id", id)}/resume`, reasonOf(options));
      print(
        session,
        options,
        { id: Number(id), resumed: true },
        () => `${paint(session.terminal, "green", "✓")} file ${id} goes on`,
      );
    });
  addRemote(group, "watch [id]", "Follow a file run until it ends; without an id, the newest", [
    "tieline files watch",
    "tieline files watch 12",
  ]).action(async (id: string | undefined, options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const file = await watch(session, hub, id ?? (await newest(hub)));
    print(session, options, file, () => fileText(session.terminal, file));
    if (file.state === "stopped" || file.state === "rejected") session.exitCode = 1;
    else if (outcomesOf(file).rejected > 0) session.exitCode = 3;
  });
}

async function fileRun(hub: HubClient, id: string): Promise<FileRun> {
  return hub.get<FileRun>(`/files/${wholeNumber("id", id)}`);
}

async function newest(hub: HubClient): Promise<string> {
  const { items } = await hub.get<Page<FileRun>>("/files", { limit: 1 });
  // No run yet: the id that the API answers with "there is no such thing".
  return String(items[0]?.id ?? 0);
}

async function watch(session: Session, hub: HubClient, id: string): Promise<FileRun> {
  const { terminal } = session;
  let first: Sight | undefined;
  for (;;) {
    const file = await fileRun(hub, id);
    const sight = { at: terminal.now(), rows: file.rows, progress: file.progress };
    first ??= sight;
    if (file.state !== "running" || terminal.stop.aborted) {
      terminal.progress("");
      return file;
    }
    terminal.progress(`${printable(file.name)}  ${progressLine(first, sight)}`);
    await pause(LOOK_MS, undefined, { signal: terminal.stop }).catch(() => undefined);
  }
}

const COLOURS: Readonly<Record<string, Style>> = {
  running: "cyan",
  done: "green",
  stopped: "red",
  rejected: "red",
  duplicate: "dim",
};

function statePill(terminal: Terminal, file: FileRun): string {
  return paint(terminal, COLOURS[file.state] ?? "dim", printable(file.state));
}

function fileTable(terminal: Terminal, page: Page<FileRun>): string {
  const end = pageEnd(page, "No file run matches.");
  if (page.items.length === 0) return end;
  const lines = [
    table(page.items, [
      { title: "ID", cell: (file) => file.id },
      { title: "STARTED", cell: (file) => showMoment(file.startedAt) },
      { title: "FLOW", cell: (file) => file.flow },
      { title: "FILE", cell: (file) => file.name },
      { title: "STATE", cell: (file) => statePill(terminal, file), painted: true },
      { title: "ROWS", cell: (file) => showCount(file.rows), right: true },
      { title: "REJECTED", cell: (file) => showCount(outcomesOf(file).rejected), right: true },
      { title: "ERROR", cell: (file) => file.failure?.message ?? " " },
    ]),
  ];
  return [...lines, ...(end === "" ? [] : ["", paint(terminal, "dim", end)])].join("\n");
}

function fileText(terminal: Terminal, file: FileRun): string {
  const sections = [
    facts([
      ["file", paint(terminal, "bold", printable(file.name))],
      ["run", file.id],
      ["flow", printable(file.flow)],
      ["state", statePill(terminal, file)],
      ["size", showBytes(file.size)],
      ["rows", showCount(file.rows)],
      ["started", showMoment(file.startedAt)],
      ["finished", file.finishedAt === null ? null : showMoment(file.finishedAt)],
      ["same as", file.duplicateOf === null ? null : `file run ${file.duplicateOf}`],
      ["error", file.failure === null ? null : printable(`${file.failure.code} ${file.failure.message}`)],
    ]),
  ];
  const routes = Object.entries(file.books).flatMap(([route, books]) =>
    Object.entries(books).map(([outcome, rows]) => ({ route, outcome, rows })),
  );
  if (routes.length > 0) {
    sections.push(
      table(routes, [
        { title: "ROUTE", cell: (entry) => entry.route },
        { title: "OUTCOME", cell: (entry) => entry.outcome },
        { title: "ROWS", cell: (entry) => showCount(entry.rows), right: true },
      ]),
    );
  }
  return sections.join("\n\n");
}

/** A row rejected before its routes were known counts on each; the largest count is the number of rows. */
function outcomesOf(file: FileRun): { readonly rejected: number } {
  return { rejected: Math.max(0, ...Object.values(file.books).map((books) => books["rejected"] ?? 0)) };
}

import type { Command } from "commander";
import { showCount } from "../message/units.ts";
import { BUNDLE_STATES } from "../store/bundle-table.ts";
import type { Page, WrittenFile } from "./api-shape.ts";
import { pageEnd, readPage } from "./read-page.ts";
import { wholeNumber } from "./selection.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint, printable, type Style, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface ListOptions extends RemoteOptions {
  readonly flow?: string;
  readonly state?: string;
  readonly limit: string;
  readonly next?: string;
}

/** `files written`: what routes with `collect` have written, or are to write. */
export function addWrittenFiles(group: Command, session: Session): void {
  addRemote(group, "written", "List the files that routes collect and write, newest first", [
    "tieline files written --flow crm-customers-to-billing",
    "tieline files written --state fixed",
  ])
    .option("--flow <name>", "only this flow")
    .option("--state <state>", `only this state: ${BUNDLE_STATES.join(", ")}`)
    .option("--limit <n>", "how many", "20")
    .option("--next <cursor>", "go on where the last list ended")
    .action(async (options: ListOptions) => {
      const hub = await hubOf(session, options);
      const query = { flow: options.flow, state: options.state, cursor: options.next };
      const limit = wholeNumber("--limit", options.limit);
      const page = await readPage<WrittenFile>(hub, "/written-files", query, limit);
      print(session, options, page, () => writtenTable(session.terminal, page));
    });
}

const COLOURS: Readonly<Record<string, Style>> = {
  open: "cyan",
  fixed: "cyan",
  written: "green",
  done: "green",
};

function writtenTable(terminal: Terminal, page: Page<WrittenFile>): string {
  const end = pageEnd(page, "No written file matches.");
  if (page.items.length === 0) return end;
  const pill = ({ state, failure }: WrittenFile) =>
    paint(terminal, failure === null ? (COLOURS[state] ?? "dim") : "red", printable(state));
  const lines = [
    table(page.items, [
      { title: "ID", cell: (file) => file.id },
      { title: "SLOT", cell: (file) => showMoment(file.slot) },
      { title: "PART", cell: (file) => file.part, right: true },
      { title: "FLOW", cell: (file) => file.flow },
      { title: "TO", cell: (file) => file.to },
      { title: "STATE", cell: pill, painted: true },
      { title: "ROWS", cell: (file) => showCount(file.rows), right: true },
      { title: "FILE", cell: (file) => file.answer ?? " " },
      { title: "ERROR", cell: (file) => file.failure?.message ?? " " },
    ]),
  ];
  return [...lines, ...(end === "" ? [] : ["", paint(terminal, "dim", end)])].join("\n");
}

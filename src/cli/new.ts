import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { HubError } from "../errors.ts";
import { connectorFiles } from "./new/connector-template.ts";
import { flowFiles } from "./new/flow-template.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";
import { paint } from "./terminal.ts";

interface FlowOptions extends CommonOptions {
  readonly from: string;
  readonly to: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const END = /^(topic:[a-z0-9][a-z0-9.-]*|[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)$/;

export function addNew(program: Command, session: Session): void {
  const group = program
    .command("new")
    .description("Make a working, tested skeleton in a new folder of its own");
  addCommand(
    group,
    "connector <name>",
    "A connector: connectors/<name>/ with a source, a sink and its test",
    ["tieline new connector acme", "npx vitest run connectors/acme"],
  ).action(async (name: string, options: CommonOptions) => {
    await make(session, options, join("connectors", requireName(name)), connectorFiles(name), [
      `npx vitest run connectors/${name}    # its test`,
      "then name a system after it in tieline.yaml; its README shows how",
    ]);
  });
  addCommand(group, "flow <name>", "A flow: mappings/<name>/ with a mapping, its schemas and a case", [
    "tieline new flow acme-customers --from acme.records --to crm.customer",
    "tieline new flow customer-mirror --from topic:customer.changed --to acme.record",
  ])
    .option("--from <end>", "system.source or topic:name", "topic:order.changed")
    .option("--to <end>", "system.sink or topic:name", "crm.customer")
    .action(async (name: string, options: FlowOptions) => {
      const flow = { name: requireName(name), from: options.from, to: options.to };
      requireEnd("--from", flow.from);
      requireEnd("--to", flow.to);
      await make(session, options, join("mappings", name), flowFiles(flow), [
        "tieline check                        # are the files right?",
        `tieline test ${name.padEnd(24)}# does the mapping give what its case says?`,
        `tieline try ${name} mappings/${name}/samples/record.json`,
      ]);
    });
}

/** Writes all files or none: a folder that is there already is left alone. */
async function make(
  session: Session,
  options: CommonOptions,
  folder: string,
  files: Readonly<Record<string, string>>,
  next: readonly string[],
): Promise<void> {
  const root = join(projectFolder(session, options), folder);
  if ((await stat(root).catch(() => undefined)) !== undefined) {
    throw new HubError("TL_CONFLICT", "the folder is there already", {
      place: { file: folder },
      cure: "Choose another name, or remove the folder first.",
    });
  }
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text, { flag: "wx" });
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
  const made = Object.keys(files).map((path) => join(folder, path));
  print(session, options, { made }, () =>
    [
      ...made.map((path) => `${paint(session.terminal, "green", "+")} ${path}`),
      "",
      "Next:",
      ...next.map((line) => `  ${line}`),
    ].join("\n"),
  );
}

function requireName(name: string): string {
  if (NAME.test(name) && name.length <= 64) return name;
  throw new HubError("TL_USAGE", "the name is not one a folder of the project may have", {
    cure: "Use lower-case letters, digits and single dashes, beginning with a letter: acme-orders.",
  });
}

function requireEnd(option: string, end: string): void {
  if (END.test(end)) return;
  throw new HubError("TL_USAGE", `${option} is neither a system's source or sink nor a topic`, {
    cure: "Write it like acme.records, crm.customer or topic:customer.changed.",
  });
}

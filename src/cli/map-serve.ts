import { readFile, realpath } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import type { FlowDefinition } from "../config/flow-definition.ts";
import { HubError } from "../errors.ts";
import { readCases } from "../flow/cases.ts";
import { parseJsonFile } from "../schema/json-text.ts";
import type { MappingWorkbench } from "./ports.ts";
import { inspect } from "./project-files.ts";
import { addCommand, type CommonOptions, jsonText, projectFolder, type Session } from "./session.ts";
import { printable } from "./terminal.ts";

interface ServeOptions extends CommonOptions {
  readonly input?: string;
}

type Workbench = Parameters<MappingWorkbench>[0];

export function addMap(program: Command, session: Session): void {
  const group = program.command("map").description("Work on one mapping");
  addCommand(
    group,
    "serve <file>",
    "Edit a mapping in the browser and see at once what it makes of a sample; loopback only, saved on demand",
    [
      "tieline map serve mappings/erp-customers/customer.jsonata",
      "tieline map serve mappings/website-contact/contact.jsonata -i mappings/website-contact/samples/contact.json",
    ],
  )
    .option("-i, --input <sample>", "a JSON file to begin with (default: the first case of the flow)")
    .action(async (file: string, options: ServeOptions) => {
      await serve(session, file, options);
    });
}

async function serve(session: Session, written: string, options: ServeOptions): Promise<void> {
  const { terminal, ports } = session;
  const dir = projectFolder(session, options);
  const file = await realpath(resolve(terminal.cwd, written));
  if (!file.endsWith(".jsonata"))
    throw new HubError("TL_USAGE", `${written} is no mapping`, {
      cure: "Name a file that ends in .jsonata.",
    });
  const flow = await flowOf(session, dir, file);
  const samples = [...(await sampleOf(session, options.input)), ...casesOf(dir, flow)];
  const running = await ports.serveMapping({
    file,
    title: relative(dir, file),
    contract: flow ?? looseContract(file),
    samples,
    receivedAt: terminal.now(),
  });
  const ended = new Promise<void>((end) => {
    if (terminal.stop.aborted) end();
    terminal.stop.addEventListener("abort", () => end(), { once: true });
  });
  if (options.json === true) terminal.out(JSON.stringify({ url: running.url }));
  else {
    const belongs =
      flow === null
        ? "no flow that can be read uses it, so no schema is checked"
        : `the mapping of ${flow.name}`;
    terminal.out(`${printable(relative(dir, file))}  ${belongs}\n${running.url}`);
    terminal.err("Ctrl-C to end. Whoever has the address may save this file.");
  }
  await ended;
  await running.close();
}

/** The flow whose mapping the file is, with its schemas; null for a file of its own, or of a flow with mistakes elsewhere. */
async function flowOf(
  { terminal }: Session,
  dir: string,
  file: string,
): Promise<(FlowDefinition & Workbench["contract"]) | null> {
  const root = await realpath(dir);
  const path = relative(root, file).replaceAll("\\", "/");
  const { readable } = await inspect(dir, terminal.env);
  const found = readable.find(({ map }) => map === path);
  return found === undefined ? null : { ...found, map: path };
}

function looseContract(file: string): Workbench["contract"] {
  const none = { accepts: null, emits: null, key: null, version: null, event: null, record: null };
  return { ...none, file, map: file, texts: {} };
}

async function sampleOf(
  { terminal }: Session,
  input: string | undefined,
): Promise<readonly Workbench["samples"][number][]> {
  if (input === undefined) return [];
  const text = await readFile(resolve(terminal.cwd, input), "utf8");
  parseJsonFile(text, input);
  return [{ name: input, text, lookups: null }];
}

/** The cases of a flow whose input is a value; raw records are the format's matter. */
function casesOf(dir: string, flow: FlowDefinition | null): readonly Workbench["samples"][number][] {
  if (flow === null) return [];
  return readCases(join(dir, "mappings", flow.name, "cases"))
    .filter((one) => typeof one.in !== "string")
    .map((one) => ({ name: one.name, text: jsonText(one.in), lookups: one.lookups ?? null }));
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import type { Ports } from "../../src/cli/ports.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A new folder with these files in it; removed after the test. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeFolder(files);
  folders.push(folder);
  return folder;
}

/** The same for a whole test file, which removes it itself. */
export async function makeFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-cli-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly json: () => unknown;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly ports?: Partial<Ports>;
  /** What the person types when asked. */
  readonly answers?: readonly string[];
  readonly stop?: AbortSignal;
  readonly colour?: boolean;
  readonly now?: () => number;
}

/** 2026-11-22 12:00 UTC, for commands that say "2h ago". */
export const NOW = Date.UTC(2026, 10, 22, 12);

/** Runs one command line and tells what a person would see. */
export async function run(line: readonly string[], options: RunOptions = {}): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const answers = [...(options.answers ?? [])];
  const terminal: Terminal = {
    out: (text) => void out.push(`${text}\n`),
    outBytes: (bytes) => void out.push(Buffer.from(bytes).toString("latin1")),
    err: (text) => void err.push(`${text}\n`),
    progress: () => undefined,
    screen: (text) => void out.push(`${text}\n`),
    ask: async (question) => {
      err.push(question);
      return answers.shift() ?? "";
    },
    secret: async (question) => {
      err.push(question);
      return answers.shift() ?? "";
    },
    now: options.now ?? (() => NOW),
    stop: options.stop ?? new AbortController().signal,
    env: options.env ?? {},
    cwd: options.cwd ?? tmpdir(),
    colour: options.colour ?? false,
  };
  const ports: Ports = {
    startHub: () => Promise.reject(new Error("this test starts no hub")),
    restoreStore: async () => ({ flows: [], knows: () => false }),
    moveStore: () => Promise.reject(new Error("this test moves no store")),
    serveMapping: () => Promise.reject(new Error("this test serves no page")),
    inspectStore: async () => ({ exists: false, problems: [], found: "" }),
    inspectDispatch: () => Promise.reject(new Error("this test has no Redis")),
    ...options.ports,
  };
  const code = await runCli(["node", "tieline", ...line], ports, terminal);
  return { code, out: out.join(""), err: err.join(""), json: () => JSON.parse(out.join("")) as unknown };
}

/** A project of one flow between the hub's own ends: nothing outside the folder is needed. */
export function project(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  return folderWith({ ...PROJECT, ...changes });
}

const PROJECT = {
  "tieline.yaml": "apiVersion: tieline/v1\n",
  "mappings/orders/flow.yaml": `apiVersion: tieline/v1
source:
  topic: order.changed
accepts: schemas/order.schema.json
key: id
carries: change
map: order.jsonata
emits: schemas/result.schema.json
routes:
  - to: crm.invoice
    when: total > 100
  - to: crm.interaction
`,
  "mappings/orders/order.jsonata": '{ "id": id, "total": $sum(lines.price), "taxId": vat }\n',
  "mappings/orders/cases/large.json": JSON.stringify({
    name: "a large order",
    in: { id: "1", lines: [{ price: 100 }, { price: 50 }], vat: "DE1" },
    out: { id: "1", total: 150, taxId: "DE1" },
  }),
  "schemas/result.schema.json": JSON.stringify({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
  }),
  "schemas/order.schema.json": JSON.stringify({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    required: ["id", "lines"],
    properties: { id: { type: "string" }, lines: { type: "array" }, vat: { type: "string" } },
  }),
};

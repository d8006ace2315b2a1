import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { System } from "./connector/contract.ts";
import type { Engine, EngineStatus } from "./control/engine.ts";
import type { Queries } from "./store/queries.ts";
import type { FlowInForce } from "./thread.ts";

export interface ExampleOptions {
  readonly url: string;
  readonly dir: string;
  readonly flows: readonly FlowInForce[];
  readonly systems: Readonly<Record<string, System>>;
  readonly queries: Queries;
  readonly engine: Pick<Engine, "runNow" | "status">;
  print(line: string): void;
}

/** Examples that have not crossed after this long are reported as under way; milliseconds. */
const PATIENCE = 15_000;

/**
 * Lets the samples that lie beside the flows cross, as their senders would: files are put into the drop folders, webhooks
 * are signed and posted. Says what happened and what to look at next.
 */
export async function runExamples(options: ExampleOptions): Promise<void> {
  const { flows, print } = options;
  const started = Date.now();
  print("");
  print(
    "The data folder is new, so the examples of the flows cross now (start with --empty to leave them out):",
  );
  // Files first: webhooks refer to the customers in them.
  for (const kind of ["files", "push"] as const) {
    for (const flow of flows) {
      const source = sourceOf(options, flow);
      if (source?.kind !== kind) continue;
      for (const path of await samplesOf(options.dir, flow)) {
        const said =
          source.kind === "files" ? await deposit(source, path) : await post(options.url, flow, source, path);
        print(`  ${flow.definition.name.padEnd(24)} ${said}`);
      }
    }
    if (kind === "files") {
      await runFileFlows(options);
      await settled(options, started);
    }
  }
  await settled(options, started);
  await report(options, Date.now() - started);
}

function sourceOf({ systems }: ExampleOptions, flow: FlowInForce) {
  const { source } = flow.definition;
  return "topic" in source ? undefined : systems[source.system]?.sources[source.read];
}

async function samplesOf(dir: string, flow: FlowInForce): Promise<readonly string[]> {
  const folder = join(dir, "mappings", flow.definition.name, "samples");
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}

type FileSource = Extract<System["sources"][string], { kind: "files" }>;
type PushSource = Extract<System["sources"][string], { kind: "push" }>;

async function deposit(source: FileSource, path: string): Promise<string> {
  if (source.deposit === undefined) return `${basename(path)}: this source takes no examples`;
  await source.deposit(basename(path), createReadStream(path));
  return `${basename(path)} dropped`;
}

async function post(url: string, flow: FlowInForce, source: PushSource, path: string): Promise<string> {
  if (source.sign === undefined || "topic" in flow.definition.source)
    return `${basename(path)}: this source takes no examples`;
  const body = await readFile(path);
  const { system, read } = flow.definition.source;
  const answer = await fetch(`${url}/in/${system}/${read}`, {
    method: "POST",
    headers: { ...source.sign(body, `example-${basename(path)}`) },
    body,
  });
  await answer.body?.cancel();
  return `${basename(path)} posted: ${answer.status}`;
}

async function runFileFlows(options: ExampleOptions): Promise<void> {
  const flows = options.flows.filter((flow) => sourceOf(options, flow)?.kind === "files");
  const act = { actor: "start", reason: "examples on an empty data folder" };
  await Promise.all(flows.map((flow) => options.engine.runNow(act, flow.definition.name)));
}

/** Waits until no file is being read and the number of open messages has come to rest. */
async function settled({ queries, engine }: ExampleOptions, started: number): Promise<void> {
  let before = -1;
  while (Date.now() - started < PATIENCE) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const files = await queries.files({}, { before: null, limit: 100 });
    const open = openMessages(await engine.status());
    if (open === before && !files.items.some((file) => file.state === "running")) return;
    before = open;
  }
}

/** Without deliveries, which may wait for systems that are not there. */
function openMessages(status: EngineStatus): number {
  return status.flows.reduce((sum, flow) => sum + flow.open - waitingOn(flow), 0);
}

function waitingOn(flow: EngineStatus["flows"][number]): number {
  return flow.routes.reduce((sum, route) => sum + route.open, 0);
}

async function report({ url, queries, engine, flows, print }: ExampleOptions, took: number): Promise<void> {
  const files = await queries.files({}, { before: null, limit: 100 });
  print("");
  for (const file of files.items) {
    const books = Object.entries(file.books).map(([route, counts]) => `${route}: ${words(counts)}`);
    print(`  ${file.name}: ${file.rows} rows ${file.state}; ${books.join("; ")}`);
  }
  for (const flow of (await engine.status()).flows) {
    for (const route of flow.routes) {
      if (route.open > 0)
        print(
          `  ${flow.name}: ${route.open} wait for ${route.to}, which does not answer; they go out by themselves when it does`,
        );
    }
  }
  print(`Done after ${(took / 1000).toFixed(1)} s; ${flows.length} flows are in force. To look and go on:`);
  print(`  ${url}/            the dashboard, in a browser; the token signs you in`);
  print("  npx tieline customers find Müller         a customer, with where each value came from (--why)");
  print("  npx tieline messages ls                   what crossed one by one");
  print("  npx tieline files ls                      files with their books");
  print(`  curl ${url}/readyz                 and ${url}/api/v1/openapi.json describes the API`);
  print("  npx tieline new flow my-first-flow        a flow of your own");
}

function words(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, n]) => n !== 0)
    .map(([outcome, n]) => `${n} ${outcome}`)
    .join(", ");
}

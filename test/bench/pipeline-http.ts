import { freePort } from "../faults/hub-process.ts";
import { cpuSeconds, startChild } from "./child.ts";
import { startBenchHub, until } from "./hub.ts";
import { startNodeRed } from "./node-red.ts";
import { benchProject } from "./project.ts";
import { countStored } from "./stored.ts";
import { post } from "./wrk.ts";

interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  readonly warmUp: Parameters<typeof post>[2];
}

/** Rates in messages per second. */
export interface Pipe {
  readonly accepted: number;
  /** Until the last one had its effect. */
  readonly done: number;
  /** Microseconds of processor time a message, all threads. */
  readonly cpu: number;
}

/** @throws Error when an acknowledged message is not done, or its customer is not there */
export async function hubPipe(bodies: string, load: LoadOptions): Promise<Pipe> {
  const project = await benchProject();
  const hub = await startBenchHub(project.dir);
  const drained = (): Promise<void> => until(async () => (await hub.backlog()) === 0, { every: 50 });
  const warm = await post(hub.url, bodies, load.warmUp);
  await settledStatus();
  await drained();
  const cpuBefore = cpuSeconds(hub.pid);
  const started = performance.now();
  const seen = await post(hub.url, bodies, load);
  await settledStatus();
  await drained();
  // The status is pushed four times a second, and was waited for once on purpose.
  const seconds = (performance.now() - started - STATUS_MS) / 1000;
  const cpu = ((cpuSeconds(hub.pid) - cpuBefore) / seen.requests) * 1e6;
  await hub.kill();
  const open = await countStored(project.data, "SELECT count(*) AS n FROM message WHERE state <> 5");
  const done = await countStored(
    project.data,
    "SELECT count(*) AS n FROM message WHERE state = 5 AND failure IS NULL",
  );
  if (open > 0 || done < warm.requests + seen.requests) {
    throw new Error(`${warm.requests + seen.requests} acknowledged, ${done} done, ${open} not done`);
  }
  await project.remove();
  return { accepted: seen.perSecond, done: seen.requests / seconds, cpu };
}

const STATUS_MS = 300;

/** Until the hub has counted its backlog anew. */
async function settledStatus(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, STATUS_MS));
}

export async function barePipe(bodies: string, load: LoadOptions): Promise<Pipe> {
  const port = await freePort();
  const server = await startChild("bare-server.ts", { port });
  const url = `http://127.0.0.1:${port}`;
  await post(url, bodies, load.warmUp);
  const cpuBefore = cpuSeconds(server.pid);
  const seen = await post(url, bodies, load);
  const cpu = ((cpuSeconds(server.pid) - cpuBefore) / seen.requests) * 1e6;
  await server.end();
  return { accepted: seen.perSecond, done: seen.perSecond, cpu };
}

export async function nodeRedPipe(program: string, bodies: string, load: LoadOptions): Promise<Pipe> {
  const server = await startNodeRed(program);
  await post(server.url, bodies, load.warmUp);
  const seen = await post(server.url, bodies, load);
  await server.end();
  return { accepted: seen.perSecond, done: seen.perSecond, cpu: Number.NaN };
}

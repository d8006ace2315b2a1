import { cp } from "node:fs/promises";
import { startChild } from "./child.ts";
import { startBenchHub, until } from "./hub.ts";
import { type BenchProject, benchProject } from "./project.ts";
import { startRedis } from "./redis.ts";
import { sendCustomers } from "./send.ts";
import { countStored } from "./stored.ts";
import { temporaryFolder } from "./temporary.ts";

const FLOW = "customers";

/** A project whose store holds that many accepted messages that nobody has worked on; its flow is paused. */
export async function prefilled(messages: number): Promise<BenchProject> {
  const project = await benchProject();
  const hub = await startBenchHub(project.dir);
  await hub.post(`/flows/${FLOW}/pause`, { what: "deliver" });
  await sendCustomers(hub.url, { first: 1, last: messages, run: "fill" });
  await hub.stop();
  return project;
}

/** Messages per second from the word go until all are applied. @throws Error when one is missing */
export async function hubDrain(filled: BenchProject, messages: number): Promise<number> {
  const project = await benchProject();
  await cp(filled.data, project.data, { recursive: true });
  const hub = await startBenchHub(project.dir);
  const started = performance.now();
  await hub.post(`/flows/${FLOW}/resume`, { what: "deliver" });
  await until(async () => (await hub.backlog()) === 0);
  const seconds = (performance.now() - started) / 1000;
  await hub.kill();
  await requireAll(project.data, messages);
  await project.remove();
  return messages / seconds;
}

async function requireAll(data: string, messages: number): Promise<void> {
  const done = await countStored(
    data,
    "SELECT count(*) AS n FROM message WHERE state = 5 AND failure IS NULL",
  );
  const customers = await countStored(data, "SELECT count(*) AS n FROM source_record WHERE entity = 0");
  if (done !== messages || customers !== messages) {
    throw new Error(`of ${messages} messages ${done} are done and ${customers} customers are there`);
  }
}

/** As `hubDrain`, by BullMQ: the jobs are all in Redis when the worker begins. */
export async function queueDrain(messages: number): Promise<number> {
  const redis = await startRedis();
  const folder = await temporaryFolder("queue");
  const worker = await startChild("bull-worker.ts", { port: redis.port, folder: folder.path });
  await worker.ask({ add: messages });
  const seconds = await worker.ask<number>({ drain: messages });
  await worker.end();
  await redis.end();
  const customers = await countStored(
    folder.path,
    "SELECT count(*) AS n FROM source_record WHERE entity = 0",
  );
  if (customers !== messages) throw new Error(`BullMQ left ${customers} customers of ${messages}`);
  await folder.remove();
  return messages / seconds;
}

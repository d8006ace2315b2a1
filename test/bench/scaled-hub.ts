import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "./child.ts";
import { type BenchHub, startBenchHub, until } from "./hub.ts";
import type { BenchPostgres } from "./postgres.ts";
import { type BenchProject, benchProject } from "./project.ts";
import { sendCustomers } from "./send.ts";
import type { TargetCount } from "./target-child.ts";

const FLOW = "customers";
/** How long the target takes for an answer; milliseconds. */
const LATENCY = 5;

/** Where the hub's messages go: to its customer repository, or to a system of 5 ms latency. */
export type Exit = "crm" | "target";

/** A database that holds accepted messages which nobody has worked on, since their flow is paused. */
export interface Filled {
  /** @returns messages per second from the word go until all are done. @throws Error when one is missing */
  drain(workers: number): Promise<number>;
  remove(): Promise<void>;
}

export async function filled(
  postgres: BenchPostgres,
  redis: number,
  messages: number,
  exit: Exit,
): Promise<Filled> {
  const project = await benchProject();
  const target = exit === "crm" ? null : await slowTarget(project);
  const full = `filled_${exit}`;
  const envOf = (url: string): Readonly<Record<string, string>> => ({
    TIELINE_STORAGE: url,
    TIELINE_DISPATCH: `redis://127.0.0.1:${redis}`,
  });
  const hub = await startBenchHub(project.dir, envOf(await postgres.database(full)));
  await hub.post(`/flows/${FLOW}/pause`, { what: "deliver" });
  await sendCustomers(hub.url, { first: 1, last: messages, run: "fill" });
  await hub.stop();
  let rounds = 0;

  return {
    async drain(workers) {
      rounds += 1;
      const name = `${full}_${rounds}`;
      const url = await postgres.database(name, full);
      const hubs: BenchHub[] = [];
      for (let n = 0; n < workers; n++)
        hubs.push(await startBenchHub(project.dir, { ...envOf(url), TIELINE_ROLE: "worker" }));
      const count = async (text: string): Promise<number> => Number(await postgres.ask(url, text));
      const shared = `SELECT count(*) FROM (SELECT owner FROM tieline.lane WHERE lane < 256 GROUP BY owner
        HAVING count(*) = ${256 / workers}) AS o`;
      await until(async () => (await count(shared)) === workers);
      // By the books, which are a few rows: whoever counted the messages would take from the database what he measures.
      const applied = await postgres.watch(
        url,
        "SELECT coalesce(sum(n), 0) FROM tieline.tally WHERE outcome = 'applied'",
      );
      const started = performance.now();
      await hubs[0]?.post(`/flows/${FLOW}/resume`, { what: "deliver" });
      await until(async () => (await applied.now()) >= messages);
      const seconds = (performance.now() - started) / 1000;
      await applied.end();
      for (const one of hubs) await one.kill();
      const done =
        exit === "crm"
          ? "SELECT count(*) FROM tieline.source_record WHERE entity = 0"
          : "SELECT count(*) FROM tieline.delivery WHERE state = 5 AND outcome = 'applied'";
      if ((await count(done)) !== messages)
        throw new Error(`of ${messages} messages ${await count(done)} are done`);
      const arrived = await target?.arrived();
      if (arrived !== undefined && arrived !== messages)
        throw new Error(`of ${messages} messages the target had ${arrived}`);
      await postgres.drop(name);
      return messages / seconds;
    },
    async remove() {
      await target?.end();
      await project.remove();
    },
  };
}

interface SlowTarget {
  /** Different messages that it has had since this was last asked. */
  arrived(): Promise<number>;
  end(): Promise<void>;
}

/** Lets the flow end at a system of its own. */
async function slowTarget({ dir }: BenchProject): Promise<SlowTarget> {
  const target = await startChild("target-child.ts", { latency: LATENCY });
  const { port } = await target.ask<TargetCount>({});
  const settings = join(dir, "tieline.yaml");
  const flow = join(dir, "mappings", FLOW, "flow.yaml");
  const desk = `  desk:
    connector: billing
    settings:
      endpoints:
        customers: { url: "http://127.0.0.1:${port}/customers", idempotent: true, timeout: 3000 }
`;
  await writeFile(settings, `${await readFile(settings, "utf8")}${desk}`);
  await writeFile(flow, (await readFile(flow, "utf8")).replace("to: crm.customer", "to: desk.customers"));
  return { arrived: async () => (await target.ask<TargetCount>({})).messages, end: target.end };
}

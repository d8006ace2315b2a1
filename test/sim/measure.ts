import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Client } from "pg";
import { LANES } from "../../src/message/lane.ts";
import { cpuSeconds } from "../bench/child.ts";
import { type BenchHub, startBenchHub, until } from "../bench/hub.ts";
import { benchProject } from "../bench/project.ts";
import { sendCustomers } from "../bench/send.ts";
import { median } from "../bench/statistics.ts";
import { atEnd } from "../bench/temporary.ts";
import { ask, startPostgres } from "../fakes/postgres.ts";

const FLOW = "customers";
const FILLED = "filled";
/** Measured while the messages left fall from one share to the other: all workers are at work, and none is idle yet. */
const WINDOW = { from: 0.75, to: 0.15 };

/** What some real workers did with messages that were all accepted before. Times in seconds. */
export interface Measured {
  readonly workers: number;
  readonly rate: number;
  /** Processor time a message. */
  readonly worker: number;
  readonly database: number;
  /** Messages that shared one transaction that wrote. */
  readonly batch: number;
  /** Share of the time in which one of them held the customer repository. */
  readonly held: number;
  /** Processors that others left, as found just before and just after. */
  readonly processors: number;
}

/** Accepted messages in a private PostgreSQL, worked off anew each time by as many hubs as asked. */
export interface Bed {
  /** Until a transaction of one row is on the disk, without the journey. */
  readonly flush: number;
  drain(workers: number): Promise<Measured>;
}

export async function makeBed(messages: number): Promise<Bed> {
  const server = await startPostgres();
  atEnd(() => server.close());
  const project = await benchProject();
  const storage = (database: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const start = (database: string): Promise<BenchHub> =>
    startBenchHub(project.dir, { TIELINE_STORAGE: storage(database) });
  await ask(server.url, `CREATE DATABASE ${FILLED}`);
  const hub = await start(FILLED);
  await hub.post(`/flows/${FLOW}/pause`, { what: "deliver" });
  await sendCustomers(hub.url, { first: 1, last: messages, run: "fill" });
  await hub.stop();
  let rounds = 0;
  return {
    flush: await flushTime(server.url),
    async drain(workers) {
      rounds += 1;
      const database = `round_${rounds}`;
      await ask(server.url, `CREATE DATABASE ${database} TEMPLATE ${FILLED}`);
      const hubs: BenchHub[] = [];
      for (let n = 0; n < workers; n++) hubs.push(await start(database));
      const sql = new Client({ connectionString: storage(database), options: "-c search_path=tieline" });
      await sql.connect();
      try {
        return await worked(sql, hubs, messages);
      } finally {
        await sql.end();
        for (const one of hubs) await one.kill();
        await ask(server.url, `DROP DATABASE ${database} WITH (FORCE)`);
      }
    },
  };
}

async function worked(sql: Client, hubs: readonly BenchHub[], messages: number): Promise<Measured> {
  const number = async (text: string): Promise<number> =>
    Number(Object.values(((await sql.query(text)).rows[0] ?? {}) as object)[0]);
  await until(
    async () => (await number(EVEN)) === hubs.length && (await number(LEAST)) >= LANES / hubs.length - 1,
  );
  const before = await freeProcessors();
  // Each is told, or it would hear of it from the store seconds later.
  await Promise.all(hubs.map((hub) => hub.post(`/flows/${FLOW}/resume`, { what: "deliver" })));
  const left = (share: number): Promise<void> =>
    until(async () => (await number("SELECT count(*) FROM message WHERE state = 0")) <= messages * share);
  const look = async () => ({
    at: performance.now() / 1000,
    queued: await number("SELECT count(*) FROM message WHERE state = 0"),
    worker: hubs.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    database: await databaseSeconds(sql),
    commits: await number("SELECT count(DISTINCT finished_at) FROM message WHERE state = 5"),
  });
  await left(WINDOW.from);
  const first = await look();
  const holding = watchRepository(number);
  await left(WINDOW.to);
  const held = await holding.end();
  const last = await look();
  const done = first.queued - last.queued;
  return {
    workers: hubs.length,
    rate: done / (last.at - first.at),
    worker: (last.worker - first.worker) / done,
    database: (last.database - first.database) / done,
    batch: done / (last.commits - first.commits),
    held,
    processors: (before + (await freeProcessors())) / 2,
  };
}

const EVEN = `SELECT count(DISTINCT owner) FROM lane WHERE lane < ${LANES} AND owner IS NOT NULL`;
const LEAST = `SELECT min(n) FROM (SELECT count(*) AS n FROM lane WHERE lane < ${LANES} GROUP BY owner) AS o`;

const HELD = `SELECT count(*) FROM pg_locks, (SELECT hashtextextended('tieline crm tieline', 0) AS k) AS r
  WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND classid::bigint = (k >> 32) & 4294967295 AND objid::bigint = k & 4294967295`;
const LOOK_MS = 5;

/** Looks again and again whether somebody holds the customer repository. */
function watchRepository(number: (text: string) => Promise<number>) {
  let [open, looks, found] = [true, 0, 0];
  const looking = (async () => {
    while (open) {
      found += Math.min(1, await number(HELD));
      looks += 1;
      await pause(LOOK_MS);
    }
  })();
  return {
    /** Share of the looks. */
    async end(): Promise<number> {
      open = false;
      await looking;
      return found / Math.max(1, looks);
    },
  };
}

/** Processor time of all processes of the server that say what they are. */
async function databaseSeconds(sql: Client): Promise<number> {
  const { rows } = await sql.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
  );
  return rows.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}

async function flushTime(url: string): Promise<number> {
  const sql = new Client({ connectionString: url });
  await sql.connect();
  const typical = async (text: string): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 100; n++) {
      const started = performance.now();
      await sql.query(text);
      times.push((performance.now() - started) / 1000);
    }
    return median(times);
  };
  await sql.query("CREATE TABLE flushed (n int)");
  const flush = (await typical("INSERT INTO flushed VALUES (1)")) - (await typical("SELECT 1"));
  await sql.end();
  return Math.max(0, flush);
}

const SPIN = `const end = performance.now() + 500; while (performance.now() < end);`;

/** How many processors two busy threads got. */
async function freeProcessors(): Promise<number> {
  const before = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    [1, 2].map(
      () =>
        new Promise((resolve, reject) => {
          new Worker(SPIN, { eval: true }).once("exit", resolve).once("error", reject);
        }),
    ),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (performance.now() - started);
}

/**
 * The peers of the scaled hub: one job a message, in BullMQ, pg-boss or graphile-worker. A job is done when its customer
 * is committed: mapped by the jsonata library, judged by the same schemas, and upserted by one statement into one table
 * of the same PostgreSQL, over ten connections. That is less than the hub's customer repository does.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { Queue, Worker } from "bullmq";
import jsonata from "jsonata";
import { Pool } from "pg";
import { answerParent } from "./child.ts";
import { shopJson } from "./customer.ts";
import { ACCEPTS, CANONICAL, MAPPING } from "./project.ts";

const CONCURRENCY = 50;
const CONNECTIONS = 10;
const PORTION = 1000;
const QUEUE = "customers";

export interface QueueStart {
  readonly queue: "BullMQ" | "pg-boss" | "graphile-worker";
  /** Where Redis listens. */
  readonly port: number;
  /** A database of its own. */
  readonly url: string;
  /** Folder that has the libraries. */
  readonly libraries: string;
}
type Question = { readonly add: number } | { readonly drain: number };

/** What a queue is asked for; `drain` resolves when `done` was called so often. */
interface Jobs {
  add(bodies: readonly string[]): Promise<unknown>;
  work(one: (body: string) => Promise<void>): Promise<void>;
  close(): Promise<unknown>;
}

const ajv = new Ajv2020({ strict: false });
const accepts = ajv.compile(ACCEPTS);
const emits = ajv.compile(JSON.parse(readFileSync(CANONICAL, "utf8")));
const mapping = jsonata(MAPPING);

const UPSERT = `INSERT INTO customers (number, changed_at, name, email, body) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (number) DO UPDATE SET changed_at = excluded.changed_at, name = excluded.name, email = excluded.email,
  body = excluded.body`;

await answerParent(async (start: QueueStart) => {
  const pool = new Pool({ connectionString: start.url, max: CONNECTIONS });
  await pool.query(
    `CREATE TABLE customers (number text PRIMARY KEY, changed_at text, name text, email text, body jsonb);
     CREATE INDEX ON customers (name); CREATE INDEX ON customers (email)`,
  );
  const jobs = await open(start);
  return async (question: Question) => {
    if ("add" in question) {
      for (let n = 1; n <= question.add; n += PORTION) {
        const size = Math.min(PORTION, question.add - n + 1);
        await jobs.add(Array.from({ length: size }, (_, index) => shopJson(n + index)));
      }
      return null;
    }
    const started = performance.now();
    let done = 0;
    await new Promise<void>((resolve, reject) => {
      const one = async (body: string): Promise<void> => {
        await upsert(pool, body);
        done += 1;
        if (done === question.drain) resolve();
      };
      jobs.work(one).catch(reject);
    });
    const seconds = (performance.now() - started) / 1000;
    await jobs.close();
    const { rows } = await pool.query("SELECT count(*)::int AS n FROM customers");
    await pool.end();
    if (rows[0]?.n !== question.drain) throw new Error(`${rows[0]?.n} customers are there`);
    return seconds;
  };
});

async function upsert(pool: Pool, body: string): Promise<void> {
  const value = JSON.parse(body) as Record<string, string>;
  if (!accepts(value)) throw new Error("the record is not valid");
  // Through JSON: the library's lists carry members of their own.
  const text = JSON.stringify(await mapping.evaluate(value));
  const record = JSON.parse(text) as {
    readonly name: { readonly full: string };
    readonly emails: readonly { readonly address: string }[];
  };
  if (!emits(record)) throw new Error("the result is not valid");
  await pool.query({
    name: "upsert",
    text: UPSERT,
    values: [value["number"], value["changedAt"], record.name.full, record.emails[0]?.address, text],
  });
}

async function open(start: QueueStart): Promise<Jobs> {
  const { queue, url, libraries } = start;
  if (queue === "BullMQ") return openBullmq(start.port);
  const required = createRequire(join(libraries, "package.json"))(queue) as never;
  return queue === "pg-boss" ? openBoss(required, url) : openGraphile(required, url);
}

async function openBullmq(port: number): Promise<Jobs> {
  const connection = { host: "127.0.0.1", port };
  const queue = new Queue(QUEUE, { connection });
  let worker: Worker | null = null;
  return {
    add: (bodies) => queue.addBulk(bodies.map((body) => ({ name: "customer", data: { body } }))),
    async work(one) {
      worker = new Worker(QUEUE, async ({ data }) => one((data as { readonly body: string }).body), {
        connection,
        concurrency: CONCURRENCY,
      });
      worker.on("error", () => undefined);
    },
    async close() {
      await worker?.close();
      await queue.close();
    },
  };
}

interface Boss {
  start(): Promise<unknown>;
  stop(options: object): Promise<unknown>;
  createQueue(name: string): Promise<unknown>;
  insert(jobs: readonly object[]): Promise<unknown>;
  fetch(
    name: string,
    options: object,
  ): Promise<readonly { readonly id: string; readonly data: { readonly body: string } }[] | null>;
  complete(name: string, ids: readonly string[]): Promise<unknown>;
}

/** Fetched and completed by the hundred, four times at once: its own workers wait half a second between two batches. */
async function openBoss(PgBoss: new (options: object) => Boss, url: string): Promise<Jobs> {
  const boss = new PgBoss({ connectionString: url, max: CONNECTIONS });
  await boss.start();
  await boss.createQueue(QUEUE);
  let open = true;
  const loop = async (one: (body: string) => Promise<void>): Promise<void> => {
    while (open) {
      const jobs = (await boss.fetch(QUEUE, { batchSize: 100 })) ?? [];
      if (jobs.length === 0) return;
      // A job counts when it is completed too.
      const bodies = jobs.map(({ data }) => data.body);
      const last = bodies.length - 1;
      await Promise.all(bodies.slice(0, last).map((body) => one(body)));
      await boss.complete(
        QUEUE,
        jobs.map(({ id }) => id),
      );
      await one(bodies[last] as string);
    }
  };
  return {
    add: (bodies) => boss.insert(bodies.map((body) => ({ name: QUEUE, data: { body } }))),
    async work(one) {
      await Promise.all([1, 2, 3, 4].map(() => loop(one)));
    },
    async close() {
      open = false;
      await boss.stop({ graceful: false });
    },
  };
}

interface Graphile {
  readonly Logger: new (to: () => () => void) => object;
  run(options: object): Promise<{ stop(): Promise<unknown> }>;
  runMigrations(options: object): Promise<unknown>;
}

async function openGraphile(graphile: Graphile, url: string): Promise<Jobs> {
  await graphile.runMigrations({ connectionString: url });
  const pool = new Pool({ connectionString: url, max: 2 });
  let runner: { stop(): Promise<unknown> } | null = null;
  return {
    add: (bodies) =>
      pool.query("SELECT count(graphile_worker.add_job('customer', b)) FROM unnest($1::json[]) AS b", [
        bodies.map((body) => JSON.stringify({ body })),
      ]),
    async work(one) {
      runner = await graphile.run({
        ...{
          connectionString: url,
          concurrency: CONCURRENCY,
          maxPoolSize: CONNECTIONS,
          noHandleSignals: true,
        },
        pollInterval: 100,
        taskList: { customer: ({ body }: { readonly body: string }) => one(body) },
        // It would print a line for each job.
        logger: new graphile.Logger(() => () => undefined),
      });
    },
    async close() {
      await runner?.stop();
      await pool.end();
    },
  };
}

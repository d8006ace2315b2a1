/**
 * The peer: BullMQ, one job a message. A job is done when its customer is committed and fsynced, by the same customer
 * repository on the same database, one transaction a job, mapped by the jsonata library, judged by the same schemas.
 */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Job, Queue, Worker } from "bullmq";
import jsonata from "jsonata";
import type * as StoreModule from "../../src/backend/sqlite/store.ts";
import type * as CrmModule from "../../src/crm/apply-to-crm.ts";
import type { Json } from "../../src/message/json.ts";
import { answerParent } from "./child.ts";
import { compiled } from "./compiled.ts";
import { shopJson } from "./customer.ts";
import { ACCEPTS, CANONICAL, MAPPING } from "./project.ts";

const QUEUE = "customers";
const CONCURRENCY = 50;
const PORTION = 1000;

interface Start {
  readonly port: number;
  readonly folder: string;
}
type Question = { readonly add: number } | { readonly drain: number };

const { openSqliteStore } = await compiled<typeof StoreModule>("src/backend/sqlite/store");
const { applyToCrm } = await compiled<typeof CrmModule>("src/crm/apply-to-crm");
const ajv = new Ajv2020({ strict: false });
const accepts = ajv.compile(ACCEPTS);
const emits = ajv.compile(JSON.parse(readFileSync(CANONICAL, "utf8")));
const mapping = jsonata(MAPPING);

await answerParent(async ({ port, folder }: Start) => {
  const connection = { host: "127.0.0.1", port };
  const queue = new Queue(QUEUE, { connection });
  const store = openSqliteStore(folder);

  async function work(job: Job<{ readonly body: string }>): Promise<void> {
    const value = JSON.parse(job.data.body) as Record<string, string>;
    if (!accepts(value)) throw new Error("the record is not valid");
    // Through JSON: the library's lists carry members of their own.
    const record = JSON.parse(JSON.stringify(await mapping.evaluate(value))) as Json;
    if (!emits(record)) throw new Error("the result is not valid");
    const now = Date.now();
    const origin = { message: Number(job.id), file: null, row: null, flowVersion: 1, at: job.timestamp };
    const item = {
      ...{ entity: "customer" as const, system: "shop", record, version: value["changedAt"] ?? null },
      ...{ hash: null, origin, allowStale: false, missingReference: "fail" as const },
    };
    const [result] = await store.transaction((tx) => applyToCrm([item], tx.crm, now));
    if (result === undefined || "failure" in result) throw new Error("the customer was refused");
  }

  return async (question: Question) => {
    if ("add" in question) {
      for (let n = 1; n <= question.add; n += PORTION) {
        const jobs = Array.from({ length: Math.min(PORTION, question.add - n + 1) }, (_, index) => ({
          name: "customer",
          data: { body: shopJson(n + index) },
        }));
        await queue.addBulk(jobs);
      }
      return null;
    }
    const worker = new Worker(QUEUE, work, { connection, concurrency: CONCURRENCY, autorun: false });
    await worker.waitUntilReady();
    const started = performance.now();
    let done = 0;
    const all = new Promise<void>((resolve, reject) => {
      worker.on("completed", () => {
        done += 1;
        if (done === question.drain) resolve();
      });
      worker.on("failed", (_job, error) => reject(error));
    });
    worker.run().catch(() => undefined);
    await all;
    const seconds = (performance.now() - started) / 1000;
    await worker.close();
    await queue.close();
    await store.close();
    return seconds;
  };
});

/** A customer repository of many customers in this process: loads it, then reads it as the hub does, or bare. */
import { join } from "node:path";
import jsonata from "jsonata";
import type * as ReadsModule from "../../src/backend/sqlite/crm-reads.ts";
import type * as SqlModule from "../../src/backend/sqlite/sql.ts";
import type * as StoreModule from "../../src/backend/sqlite/store.ts";
import type { CrmItem } from "../../src/crm/apply.ts";
import type * as ApplyModule from "../../src/crm/apply-to-crm.ts";
import type * as ViewModule from "../../src/crm/view.ts";
import type { Json } from "../../src/message/json.ts";
import { answerParent } from "./child.ts";
import { compiled } from "./compiled.ts";
import { shopCustomer } from "./customer.ts";
import { MAPPING } from "./project.ts";
import { quantile } from "./statistics.ts";

const { openSqliteStore, DATABASE } = await compiled<typeof StoreModule>("src/backend/sqlite/store");
const { openSql } = await compiled<typeof SqlModule>("src/backend/sqlite/sql");
const { crmReads } = await compiled<typeof ReadsModule>("src/backend/sqlite/crm-reads");
const { applyToCrm } = await compiled<typeof ApplyModule>("src/crm/apply-to-crm");
const { byPhone } = await compiled<typeof ViewModule>("src/crm/view");
const PORTION = 1_000;

type Sql = ReturnType<typeof openSql>;
type Statement = readonly [string, Parameters<Sql["all"]>[1][]];
type Question =
  | { readonly load: number }
  | { readonly read: "view" | "bare"; readonly lookups: number; readonly customers: number };

await answerParent(async ({ folder }: { readonly folder: string }) => async (question: Question) => {
  if ("load" in question) return load(folder, question.load);
  const open = (): Sql => openSql(join(folder, DATABASE), "reader");
  const numbers = Array.from({ length: question.lookups }, () => {
    const customer = shopCustomer(1 + Math.floor(Math.random() * question.customers));
    return customer["phone"] as string;
  });
  const times = question.read === "view" ? await viewTimes(open(), numbers) : await bareTimes(open, numbers);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
});

async function load(folder: string, customers: number): Promise<null> {
  const mapping = jsonata(MAPPING);
  const store = openSqliteStore(folder);
  for (let n = 1; n <= customers; n += PORTION) {
    const items: CrmItem[] = [];
    for (let at = n; at < Math.min(n + PORTION, customers + 1); at++) {
      const record = JSON.parse(JSON.stringify(await mapping.evaluate(shopCustomer(at)))) as Json;
      const origin = { message: at, file: null, row: null, flowVersion: 1, at: Date.now() };
      items.push({
        ...{ entity: "customer", system: "shop", record, version: null, hash: null, origin },
        ...{ allowStale: false, missingReference: "fail" },
      });
    }
    await store.transaction((tx) => applyToCrm(items, tx.crm, Date.now()));
  }
  await store.close();
  return null;
}

async function viewTimes(sql: Sql, numbers: readonly string[]): Promise<readonly number[]> {
  const reads = crmReads(sql);
  const times: number[] = [];
  for (const number of numbers) {
    const started = performance.now();
    const found = await byPhone(reads, number);
    times.push((performance.now() - started) * 1000);
    if (found.length !== 1) throw new Error("a number led to no customer, or to several");
  }
  sql.close();
  return times;
}

/**
 * What the view asks of the database, learned by listening to it once for each number, then asked again alone, through a
 * connection that has read none of it before, as the view's has not.
 */
async function bareTimes(open: () => Sql, numbers: readonly string[]): Promise<readonly number[]> {
  const listened = open();
  let heard: Statement[] = [];
  const reads = crmReads({
    ...listened,
    all: <Row>(text: string, ...values: Statement[1]) => {
      heard.push([text, values]);
      return listened.all<Row>(text, ...values);
    },
  });
  const asked: Statement[][] = [];
  for (const number of numbers) {
    heard = [];
    await byPhone(reads, number);
    asked.push(heard);
  }
  listened.close();
  const sql = open();
  const times = asked.map((statements) => {
    const started = performance.now();
    for (const [text, values] of statements) sql.all(text, ...values);
    return (performance.now() - started) * 1000;
  });
  sql.close();
  return times;
}

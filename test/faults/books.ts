import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "../../src/errors.ts";
import type { Json } from "../../src/message/json.ts";
import { STATES, type State } from "../../src/message/outcome.ts";
import type { StorePlace } from "./backend.ts";

export interface MessageRow {
  readonly place: number;
  readonly key: string | null;
  readonly state: State;
  /** By route. */
  readonly outcomes: Readonly<Record<string, string>>;
  readonly event: string | null;
  readonly failure: Failure | null;
  readonly row: number | null;
  readonly line: number | null;
  readonly file: number | null;
}

export interface DeliveryRow {
  readonly message: number;
  readonly state: State;
  readonly outcome: string | null;
  readonly failure: Failure | null;
  readonly attempts: number;
}

export interface FileEntry {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly rows: number;
  readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly failure: Failure | null;
  readonly duplicateOf: number | null;
  readonly settled: boolean;
}

export interface RecordRow {
  readonly externalId: string;
  readonly version: string | number | null;
  readonly body: Json;
}

/** The hub's own books on one flow. */
export interface Books {
  /** In the order of their places. */
  readonly messages: readonly MessageRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly files: readonly FileEntry[];
  /** By route (`""` is the flow itself) and outcome; written in the transaction of each effect. */
  readonly tallies: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** Empty books when the flow was never in force. */
export async function booksOf(store: StorePlace, flow: string): Promise<Books> {
  const [found] = await store.all<{ id: number }>("SELECT id FROM flow WHERE name = ?", flow);
  const id = found?.id ?? 0;
  return {
    messages: await messagesOf(store, id),
    deliveries: await deliveriesOf(store, id),
    files: await filesOf(store, id),
    tallies: await talliesOf(store, id),
  };
}

/** How often something ended so on a route; cheap, also where there are many messages. */
export async function tallyOf(
  store: StorePlace,
  flow: string,
  route: string,
  outcome: string,
): Promise<number> {
  const [found] = await store.all<{ id: number }>("SELECT id FROM flow WHERE name = ?", flow);
  return (await talliesOf(store, found?.id ?? 0)).get(route)?.[outcome] ?? 0;
}

/** The files of one flow. */
export async function fileEntries(store: StorePlace, flow: string): Promise<readonly FileEntry[]> {
  const [found] = await store.all<{ id: number }>("SELECT id FROM flow WHERE name = ?", flow);
  return filesOf(store, found?.id ?? 0);
}

/** Sum over the outcomes of a route. */
export function total(books: Books, route: string): number {
  return Object.values(books.tallies.get(route) ?? {}).reduce((sum, n) => sum + n, 0);
}

/** The records the CRM holds, in the order in which they took effect first. @param entity 0 customer, 1 interaction */
export async function recordsOf(store: StorePlace, entity: 0 | 1): Promise<readonly RecordRow[]> {
  const rows = await store.all<{ externalId: string; version: string | number | null; body: string }>(
    'SELECT external_id AS "externalId", version, body FROM source_record WHERE entity = ? ORDER BY id',
    entity,
  );
  return rows.map((row) => ({
    ...row,
    // PostgreSQL keeps a version as JSON, since 12 and "12" differ.
    version:
      store.technology === "postgres" && row.version !== null
        ? (JSON.parse(String(row.version)) as string | number)
        : row.version,
    body: JSON.parse(row.body) as Json,
  }));
}

/** How much is neither done, nor parked, nor held behind what is parked. */
export async function underWay(store: StorePlace): Promise<number> {
  const [row] = await store.all<{ n: number }>(
    `SELECT (SELECT count(*) FROM message m WHERE state < 4 AND NOT (state = 2 AND EXISTS (
         SELECT 1 FROM message p WHERE p.flow = m.flow AND p.key = m.key AND p.state = 4)))
       + (SELECT count(*) FROM delivery d WHERE state < 4 AND NOT (state = 2 AND EXISTS (
         SELECT 1 FROM delivery p WHERE p.route = d.route AND p.key = d.key AND p.state = 4)))
       + (SELECT count(*) FROM file WHERE state = 'running' OR settled = 0 OR reported = 0) AS n`,
  );
  return row?.n ?? 0;
}

/** Deliveries not done of which an attempt is counted. */
export async function countedAgainst(store: StorePlace): Promise<number> {
  const [row] = await store.all<{ n: number }>(
    "SELECT count(*) AS n FROM delivery WHERE attempts > 0 AND state < 4",
  );
  return row?.n ?? 0;
}

/** Resolves when nothing is under way, with the milliseconds it took. @throws Error when it takes longer than `limit` */
export async function drained(store: StorePlace, limit = 120_000): Promise<number> {
  const started = performance.now();
  for (let left = await underWay(store); left > 0; left = await underWay(store)) {
    if (performance.now() - started > limit)
      throw new Error(`${left} items are still under way after ${limit / 1000} s`);
    await pause(20);
  }
  return performance.now() - started;
}

async function messagesOf(store: StorePlace, flow: number): Promise<readonly MessageRow[]> {
  const rows = await store.all<{
    place: number;
    key: string | null;
    state: number;
    outcomes: string | null;
    event: string | null;
    failure: string | null;
    row: number | null;
    line: number | null;
    file: number | null;
  }>(
    `SELECT place, key, state, outcomes, event, failure, file_row AS row, file_line AS line, file FROM message
     WHERE flow = ? ORDER BY place`,
    flow,
  );
  return rows.map((row) => ({
    ...row,
    state: STATES[row.state] as State,
    outcomes: row.outcomes === null ? {} : (JSON.parse(row.outcomes) as Record<string, string>),
    failure: failureOf(row.failure),
  }));
}

async function deliveriesOf(store: StorePlace, flow: number): Promise<readonly DeliveryRow[]> {
  const rows = await store.all<{
    message: number;
    state: number;
    outcome: string | null;
    failure: string | null;
    attempts: number;
  }>("SELECT message, state, outcome, failure, attempts FROM delivery WHERE flow = ? ORDER BY id", flow);
  return rows.map((row) => ({ ...row, state: STATES[row.state] as State, failure: failureOf(row.failure) }));
}

async function filesOf(store: StorePlace, flow: number): Promise<readonly FileEntry[]> {
  const rows = await store.all<{
    id: number;
    name: string;
    state: string;
    rows: number;
    books: string;
    failure: string | null;
    duplicateOf: number | null;
    settled: number;
  }>(
    `SELECT id, name, state, file_rows AS rows, books, failure, duplicate_of AS "duplicateOf", settled FROM file
     WHERE flow = ? ORDER BY id`,
    flow,
  );
  return rows.map((row) => ({
    ...row,
    settled: row.settled === 1,
    books: JSON.parse(row.books) as FileEntry["books"],
    failure: failureOf(row.failure),
  }));
}

async function talliesOf(store: StorePlace, flow: number): Promise<Books["tallies"]> {
  const rows = await store.all<{ target: string; outcome: string; n: number }>(
    `SELECT coalesce(r.target, '') AS target, t.outcome, CAST(sum(t.n) AS bigint) AS n FROM tally t LEFT JOIN route r ON r.id = t.route
     WHERE t.flow = ? GROUP BY 1, 2`,
    flow,
  );
  const tallies = new Map<string, Record<string, number>>();
  for (const { target, outcome, n } of rows) tallies.set(target, { ...tallies.get(target), [outcome]: n });
  return tallies;
}

function failureOf(text: string | null): Failure | null {
  return text === null ? null : (JSON.parse(text) as Failure);
}

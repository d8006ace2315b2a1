import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import type { Queries } from "../../../src/store/queries.ts";
import { ask, type TestServer } from "../../fakes/postgres.ts";
import type { Producers } from "../../faults/producer.ts";

const FOREVER = { before: null, limit: 100 };

/** Resolves when the senders have `n` more acknowledged. */
export async function moreAcked(senders: Producers, n: number): Promise<void> {
  await within(() => Promise.resolve(senders.acked.length), senders.acked.length + n);
}

/** Resolves when so many rows of the latest file have been read. */
export async function rowsRead(queries: Queries, rows: number): Promise<void> {
  await within(async () => (await queries.files({}, FOREVER)).items[0]?.rows ?? 0, rows);
}

/** Waits until a number that rises has come so far. @throws Error after a minute */
export async function within(read: () => Promise<number>, least: number): Promise<void> {
  const until = performance.now() + 60_000;
  for (let found = await read(); found < least; found = await read()) {
    if (performance.now() > until) throw new Error(`it stays at ${found}, ${least} were expected`);
    await pause(20);
  }
}

/** Resolves when nothing is under way. */
export async function drained(server: TestServer, { schema }: PostgresAddress): Promise<void> {
  const text = `SELECT -((SELECT count(*) FROM ${schema}.message WHERE state < 4)
    + (SELECT count(*) FROM ${schema}.delivery WHERE state < 4)
    + (SELECT count(*) FROM ${schema}.file WHERE state = 'running' OR settled = 0 OR reported = 0))`;
  await within(async () => Number(await ask(server.url, text)), 0);
}

/** Ids of the interactions in the order in which they took effect: customer and number. */
export async function interactions(
  server: TestServer,
  { schema }: PostgresAddress,
): Promise<readonly string[]> {
  const text = `SELECT json_agg(external_id ORDER BY id) FROM ${schema}.source_record WHERE entity = 1`;
  return (await ask(server.url, text)) as string[];
}

/** What was acknowledged took effect, once and in order, and the books balance. */
export async function expectEvents(
  queries: Queries,
  server: TestServer,
  place: PostgresAddress,
  senders: Producers,
): Promise<void> {
  const stored = await interactions(server, place);
  expect(new Set(stored).size).toBe(stored.length);
  const acked = senders.acked.map(({ id }) => id);
  expect(acked.filter((id) => !stored.includes(id))).toEqual([]);
  // The last posts of the senders may have been stored without an answer that reached them; no more than one each.
  expect(stored.length - acked.length).toBeLessThanOrEqual(4);
  expectOrder(stored);
  const books = await queries.books("events", 0, Date.now() + 60_000);
  expect(books.accepted).toBe(stored.length);
  for (const route of books.routes)
    expect(route).toMatchObject({ in: stored.length, outcomes: { applied: stored.length }, closing: 0 });
}

/** Each customer's happenings in the order in which its sender let them happen, without a gap. */
function expectOrder(ids: readonly string[]): void {
  const last = new Map<string, number>();
  const wrong: string[] = [];
  for (const id of ids) {
    const [, customer = "", n] = /^(.*)-(\d+)$/.exec(id) ?? [];
    if (Number(n) !== (last.get(customer) ?? 0) + 1) wrong.push(id);
    last.set(customer, Number(n));
  }
  expect(wrong).toEqual([]);
}

/** The target saw each once, in order, besides repetitions that it recognised. */
export function expectEffects(
  requests: readonly { readonly effect: boolean; readonly body: string }[],
  stored: readonly string[],
): void {
  const effects = requests.filter(({ effect }) => effect);
  const seen = effects.map(({ body }) => (JSON.parse(body) as { readonly id: string }).id);
  expect([...seen].sort()).toEqual([...stored].sort());
  expectOrder(seen);
}

/** Customers of one file, all there, and the books of it in balance. */
export async function expectCustomers(
  rows: number,
  queries: Queries,
  server: TestServer,
  place: PostgresAddress,
): Promise<void> {
  const files = (await queries.files({}, FOREVER)).items;
  expect(files).toMatchObject([
    { state: "done", rows, settled: true, books: { "crm.customer": { applied: rows } } },
  ]);
  const books = await queries.books("customers", 0, Date.now() + 60_000);
  expect(books.accepted).toBe(rows);
  expect(books.routes).toMatchObject([{ in: rows, outcomes: { applied: rows }, closing: 0 }]);
  expect(Number(await ask(server.url, `SELECT count(*) FROM ${place.schema}.customer`))).toBe(rows);
}

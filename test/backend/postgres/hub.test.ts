import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import { openPostgresReads } from "../../../src/backend/postgres/reads.ts";
import type { Queries } from "../../../src/store/queries.ts";
import { startTarget } from "../../fakes/http-target.ts";
import { ask, startPostgres, type TestServer } from "../../fakes/postgres.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, startHubProcess } from "../../faults/hub-process.ts";
import { type Producers, producers, signature } from "../../faults/producer.ts";
import { customersFlow, EVENT_HOOK, eventsFlow, makeProject } from "../../faults/project.ts";
import { freshPlace } from "./place.ts";

const ROWS = 20_000;
const FOREVER = { before: null, limit: 100 };

it("a hub on PostgreSQL loses nothing and doubles nothing when both are killed in the middle of files and webhooks", async () => {
  const server = await startPostgres();
  const place = freshPlace(server);
  const target = await startTarget({ mode: "dedupe", keyField: "subject", delay: 2 });
  const project = await makeProject({
    files: { customers: '{ inbox: INBOX, pattern: "*.csv" }' },
    webhooks: { events: EVENT_HOOK },
    target: { url: target.url, idempotent: true },
    flows: { customers: customersFlow(), events: eventsFlow({ target: true }) },
  });
  const storage = `${server.url}?schema=${place.schema}`;
  const options = { ...project, port: await freePort(), env: { ...project.env, TIELINE_STORAGE: storage } };
  const senders = producers(4);
  let open = true;

  let hub = await startHubProcess(options);
  const { queries } = openPostgresReads(place);
  try {
    const sending = senders.run(hub.url, () => open);
    await drop(project, "customers.csv", customerRows("c", ROWS));
    await moreAcked(senders, 50);
    await rowsRead(queries, ROWS / 5);

    await server.kill();
    const { wait, ...refused } = await refusal(hub.url);
    expect(refused).toEqual({ status: 503, code: "TL_STORE_FAILED" });
    expect(wait).toBeGreaterThan(0);
    // What was in doubt when it died is answered when it is back.
    await pause(500);
    await server.start();
    await moreAcked(senders, 50);

    await hub.kill();
    await pause(200);
    hub = await startHubProcess(options);
    await moreAcked(senders, 50);
    open = false;
    await sending;
    await drained(server, place);
    expect(await hub.stop()).toBe(0);

    await expectCustomers(queries, server, place);
    await expectEvents(queries, server, place, senders);
    expectEffects(target.requests, await interactions(server, place));
  } finally {
    open = false;
    await hub.kill();
    await queries.close();
    await senders.close();
    await target.close();
    await project.remove();
    await server.close();
  }
}, 120_000);

async function moreAcked(senders: Producers, n: number): Promise<void> {
  await within(() => Promise.resolve(senders.acked.length), senders.acked.length + n);
}

async function rowsRead(queries: Queries, rows: number): Promise<void> {
  await within(async () => (await queries.files({}, FOREVER)).items[0]?.rows ?? 0, rows);
}

/** Waits until a number that rises has come so far. @throws Error after half a minute */
async function within(read: () => Promise<number>, least: number): Promise<void> {
  const until = performance.now() + 30_000;
  for (let found = await read(); found < least; found = await read()) {
    if (performance.now() > until) throw new Error(`it stays at ${found}, ${least} were expected`);
    await pause(20);
  }
}

/** How the hub answers an accept that it cannot store. */
async function refusal(url: string) {
  const body = JSON.stringify({ id: "refused", customer: "refused", n: 1 });
  const answer = await fetch(`${url}/in/shop/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-signature": signature(body), "x-event": "refused" },
    body,
  });
  const { code } = (await answer.json()) as { readonly code: string };
  return { status: answer.status, code, wait: Number(answer.headers.get("retry-after")) };
}

/** Resolves when nothing is under way. */
async function drained(server: TestServer, { schema }: PostgresAddress): Promise<void> {
  const text = `SELECT -((SELECT count(*) FROM ${schema}.message WHERE state < 4)
    + (SELECT count(*) FROM ${schema}.delivery WHERE state < 4)
    + (SELECT count(*) FROM ${schema}.file WHERE state = 'running' OR settled = 0 OR reported = 0))`;
  await within(async () => Number(await ask(server.url, text)), 0);
}

async function expectCustomers(queries: Queries, server: TestServer, place: PostgresAddress): Promise<void> {
  const files = (await queries.files({}, FOREVER)).items;
  expect(files).toMatchObject([
    { state: "done", rows: ROWS, settled: true, books: { "crm.customer": { applied: ROWS } } },
  ]);
  const books = await queries.books("customers", 0, Date.now() + 60_000);
  expect(books.accepted).toBe(ROWS);
  expect(books.routes).toMatchObject([{ in: ROWS, outcomes: { applied: ROWS }, closing: 0 }]);
  expect(Number(await ask(server.url, `SELECT count(*) FROM ${place.schema}.customer`))).toBe(ROWS);
}

/** Ids of the interactions in the order in which they took effect: customer and number. */
async function interactions(server: TestServer, { schema }: PostgresAddress): Promise<readonly string[]> {
  const text = `SELECT json_agg(external_id ORDER BY id) FROM ${schema}.source_record WHERE entity = 1`;
  return (await ask(server.url, text)) as string[];
}

async function expectEvents(
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
function expectEffects(
  requests: readonly { readonly effect: boolean; readonly body: string }[],
  stored: readonly string[],
): void {
  const effects = requests.filter(({ effect }) => effect);
  const seen = effects.map(({ body }) => (JSON.parse(body) as { readonly id: string }).id);
  expect([...seen].sort()).toEqual([...stored].sort());
  expectOrder(seen);
}

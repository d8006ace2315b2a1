import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresReads } from "../../../src/backend/postgres/reads.ts";
import { openPostgresStore } from "../../../src/backend/postgres/store.ts";
import { openSqliteReads } from "../../../src/backend/sqlite/reads.ts";
import { openSqliteStore } from "../../../src/backend/sqlite/store.ts";
import { moveStore } from "../../../src/backends.ts";
import type { PostgresStorage } from "../../../src/config/hub-settings.ts";
import type { Exchange } from "../../../src/message/exchange.ts";
import type { MessageDetail, Queries, Try } from "../../../src/store/queries.ts";
import { folderWith } from "../../cli/support.ts";
import { message } from "../../conformance/store.ts";
import { startTarget } from "../../fakes/http-target.ts";
import { type PrivateServer, startPostgres } from "../../fakes/postgres.ts";
import { tcpProxy } from "../../fakes/tcp-proxy.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, startHubProcess } from "../../faults/hub-process.ts";
import { post, postTo } from "../../faults/producer.ts";
import { makeWholeProject } from "../../faults/project.ts";
import { freshPlace } from "./place.ts";

const PAGE = { before: null, limit: 1_000 };
const EVENTS = 60;
const ROWS = 1_500;
const quiet = (): void => undefined;
const EXCHANGE: Exchange = {
  sent: { line: "POST https://h/\u0001", body: "delivery" },
  answered: { line: "500", body: { text: "\0 \u0001 😀", size: null } },
};

let server: PrivateServer;

beforeAll(async () => {
  server = await startPostgres();
}, 120_000);

afterAll(() => server.close());

function storage(port?: number): PostgresStorage {
  const place = freshPlace(server);
  return { kind: "postgres", ...place, port: port ?? place.port };
}

async function messages(queries: Queries): Promise<readonly (MessageDetail | undefined)[]> {
  const { items } = await queries.messages({}, PAGE);
  return Promise.all(items.map((one) => queries.message(one.place)));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error("it never came to that");
}

/** A store of a few messages in a new folder, with characters that are traps on the way. */
async function smallStore() {
  const folder = await folderWith({});
  const store = openSqliteStore(folder);
  const keys = ["a", "a\u0001", 'quote " back \\ {brace}', "NULL", "ä😀", "", "c\0"];
  const event = { id: "e\0\u0001", hash: Buffer.from([0, 1, 255]), expires: 9 };
  await store.transaction(async (tx) => {
    const body = Buffer.from([0, 0x80, 0xff]);
    const places = await tx.messages.insert(keys.map((key) => ({ ...message(key), body, event: null })));
    await tx.messages.insert([{ ...message("with an event"), event }]);
    await tx.deliveries.insert(
      [12, "12", "v\u0001", null].map((version) => ({
        ...{ message: places[0] as number, flow: 1, route: 2, lane: 3, key: "a", version, replay: 0 },
        ...{ allowStale: false, createdAt: 1, file: null, body },
      })),
    );
    const [first] = await tx.deliveries.ofMessage(places[0] as number);
    if (first === undefined) throw new Error("no delivery");
    const attempt = { delivery: first.id, endedAt: 2, code: null, answer: null };
    await tx.deliveries.attempts([
      { ...attempt, attempt: 1, startedAt: 1, exchange: EXCHANGE },
      { ...attempt, attempt: 2, startedAt: 2, exchange: null },
    ]);
    // What it sent is another body from now on, which the first attempt did not.
    await tx.deliveries.renew(first.id, { ...first, body: Buffer.from("{}") });
    await tx.deliveries.attempts([{ ...attempt, attempt: 3, startedAt: 3, exchange: EXCHANGE }]);
  });
  await store.close();
  return { folder, keys: [...keys, "with an event"], event, from: { kind: "sqlite", folder } as const };
}

describe("a store that is moved to PostgreSQL", () => {
  it("goes on there with everything that was under way, and loses and doubles nothing", async () => {
    const target = await startTarget({ mode: "dedupe", keyField: "subject" });
    target.always({ status: 503 });
    const project = await makeWholeProject(target);
    const data = join(project.dir, "data");
    const options = { ...project, port: await freePort() };
    const to = storage();
    let hub = await startHubProcess(options);
    try {
      await drop(project, "customers.csv", customerRows("c", ROWS));
      const acked: string[] = [];
      for (let n = 1; n <= EVENTS; n++) {
        const posted = await post(hub.url, { id: `k${n % 7}-${n}`, customer: `k${n % 7}`, n });
        if (posted !== null) acked.push(posted.id);
      }
      expect(acked).toHaveLength(EVENTS);
      // It lacks what the contract wants, and is parked.
      await postTo(hub.url, "events", JSON.stringify({ customer: "parked" }), { "x-event": "bad" });
      await until(async () => {
        const file = (await hub.get<{ items: { state: string }[] }>("/api/v1/files")).items[0];
        const parked = await hub.get<{ items: unknown[] }>("/api/v1/messages?state=parked");
        return file?.state === "done" && parked.items.length === 1;
      });
      await hub.kill();

      const seen: number[] = [];
      const moved = await moveStore({ kind: "sqlite", folder: data }, to, (rows) => seen.push(rows));
      expect(moved.rows).toBe(seen.at(-1));
      expect(Object.fromEntries(moved.tables)).toMatchObject({
        message: EVENTS + 1,
        delivery: EVENTS,
        customer: ROWS,
      });
      await expectSame(openSqliteReads(data).queries, openPostgresReads(to).queries);

      const env = { ...project.env, TIELINE_STORAGE: `${server.url}?schema=${to.schema}` };
      hub = await startHubProcess({ ...options, env });
      target.always({ status: 200 });
      const { queries } = openPostgresReads(to);
      await until(async () => (await queries.messages({ state: "waiting" }, PAGE)).items.length === 0);
      await until(async () => (await queries.messages({ state: "done" }, PAGE)).items.length === EVENTS);
      const applied = async (n: number): Promise<boolean> =>
        target.requests.filter(({ effect }) => effect).length === n;
      await until(() => applied(EVENTS));
      const places = (await queries.messages({}, PAGE)).items.map((one) => one.place);
      const again = await post(hub.url, { id: "k1-1", customer: "k1", n: 1 });
      expect(again?.duplicate).toBe(true);
      const next = await post(hub.url, { id: "k1-1000", customer: "k1", n: 1_000 });
      expect(Number(next?.message.replace(/\D/g, ""))).toBeGreaterThan(Math.max(...places));
      await until(() => applied(EVENTS + 1));
      // Each once, in the order of its key.
      const effects = target.requests.filter(({ effect }) => effect).map(({ body }) => JSON.parse(body).id);
      const own = (of: string): readonly string[] => effects.filter((id: string) => id.startsWith(`${of}-`));
      expect([...effects].sort()).toEqual([...acked, "k1-1000"].sort());
      for (let k = 0; k < 7; k++)
        expect(own(`k${k}`).slice(0, 8)).toEqual(acked.filter((id) => id.startsWith(`k${k}-`)).slice(0, 8));
      const books = await queries.books("events", 0, Date.now() + 60_000);
      expect(books.routes.map((route) => route.outcomes)).toEqual([
        expect.objectContaining({ applied: expect.any(Number), parked: 1 }),
        expect.objectContaining({ applied: expect.any(Number), parked: 1 }),
      ]);
      expect((await queries.audit(PAGE)).items.map(({ act }) => act)).toContain("migrate");
      await queries.close();

      // The old store stays shut.
      const old = await startHubProcess({ ...options, doomed: true, port: await freePort() });
      await old.ended;
      expect(old.output()).toContain("the store was moved to PostgreSQL at");
    } finally {
      await hub.kill();
      await target.close();
      await project.remove();
    }
  }, 120_000);

  it("brings every character, version and byte", async () => {
    const { from, keys, event, folder } = await smallStore();
    const to = storage();
    await moveStore(from, to, quiet);
    await expect(async () => openSqliteStore(folder)).rejects.toMatchObject({
      code: "TL_CONFLICT",
      cure: expect.stringContaining("`storage`"),
    });
    const { store, fresh } = await openPostgresStore(to, quiet);
    expect(fresh).toBe(false);
    await store.transaction(async (tx) => {
      const queued = await tx.messages.queued(1, 0, 99);
      expect(queued.map(({ key }) => key)).toEqual(keys);
      expect(Buffer.from(queued[0]?.body ?? [])).toEqual(Buffer.from([0, 0x80, 0xff]));
      const deliveries = await tx.deliveries.queued(2, 0, 99);
      expect(deliveries.map(({ version }) => version)).toEqual([12, "12", "v\u0001", null]);
      expect([...(await tx.messages.events(1, [event.id], 1)).keys()]).toEqual([event.id]);
      const [place] = await tx.messages.insert([message("next")]);
      expect(place).toBeGreaterThan(Math.max(...queued.map((one) => one.place)));
    });
    await store.close();
    const { queries } = openPostgresReads(to);
    const exchanged = (attempt: number) => queries.exchange({ delivery: 1, attempt, startedAt: attempt });
    expect(await exchanged(1)).toMatchObject({ exchange: EXCHANGE, body: Buffer.from([0, 0x80, 0xff]) });
    expect(await exchanged(2)).toBeUndefined();
    expect(await exchanged(3)).toMatchObject({ exchange: EXCHANGE, body: Buffer.from("{}") });
    await queries.close();
  });

  it("is left alone while a hub has it, and when the place is taken", async () => {
    const { from, folder } = await smallStore();
    const to = storage();
    const { store } = await openPostgresStore(to, quiet);
    await expect(moveStore(from, to, quiet)).rejects.toMatchObject({ code: "TL_CONFLICT" });
    await store.transaction((tx) => tx.messages.insert([message("theirs")]));
    await store.close();
    await expect(moveStore(from, to, quiet)).rejects.toMatchObject({
      code: "TL_CONFLICT",
      message: expect.stringContaining("holds a store already"),
      cure: expect.stringContaining("schema"),
    });
    const old = openSqliteStore(folder);
    await expect(moveStore(from, storage(), quiet)).rejects.toMatchObject({ code: "TL_CONFLICT" });
    await old.close();
  }, 30_000);

  it.each([
    ["before the last word reached the database", "request", false],
    ["after the database committed", "answer", true],
  ] as const)(
    "is finished by a second run when it was cut off %s",
    async (_when, what, before) => {
      const { from, folder, keys } = await smallStore();
      const place = freshPlace(server);
      const proxy = await tcpProxy(place);
      const to: PostgresStorage = { kind: "postgres", ...place, port: proxy.port };
      const cut = proxy.cutAt("COMMIT", what);
      // Making the tables commits too; that cut comes first.
      await openPostgresStore({ ...place }, quiet).then(({ store }) => store.close());
      const moving = moveStore(from, to, quiet);
      const judged = expect(moving).rejects.toMatchObject({ code: "TL_STORE_FAILED" });
      await cut;
      await judged;
      await expect(async () => openSqliteStore(folder)).rejects.toMatchObject({ code: "TL_CONFLICT" });
      await expect(moveStore(from, storage(), quiet)).rejects.toMatchObject({
        message: expect.stringContaining("was begun before"),
      });
      proxy.mend();
      expect((await moveStore(from, to, quiet)).before).toBe(before);
      const { store } = await openPostgresStore(to, quiet);
      const queued = await store.transaction((tx) => tx.messages.queued(1, 0, 99));
      expect(queued.map(({ key }) => key)).toEqual(keys);
      await store.close();
      await proxy.close();
    },
    30_000,
  );
});

async function expectSame(old: Queries, moved: Queries): Promise<void> {
  try {
    const before = await messages(old);
    expect(before).toHaveLength(EVENTS + 1);
    expect(await messages(moved)).toEqual(before);
    for (const place of before.map((one) => one?.place ?? 0))
      expect(await moved.raw(place, null)).toEqual(await old.raw(place, null));
    const tries: Try[] = [];
    for (const { id } of before.flatMap((one) => one?.deliveries ?? [])) {
      const all = await old.attempts(id, PAGE);
      expect(all?.next).toBeNull();
      expect(await moved.attempts(id, PAGE)).toEqual(all);
      tries.push(...(all?.items ?? []));
    }
    expect(tries.some(({ exchanged }) => exchanged)).toBe(true);
    for (const one of tries) expect(await moved.exchange(one)).toEqual(await old.exchange(one));
    expect(await moved.files({}, PAGE)).toEqual(await old.files({}, PAGE));
    const now = Date.now() + 60_000;
    for (const flow of ["events", "customers"])
      expect(await moved.books(flow, 0, now)).toEqual(await old.books(flow, 0, now));
  } finally {
    await old.close();
    await moved.close();
  }
}

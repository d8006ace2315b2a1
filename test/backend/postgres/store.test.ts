import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import { inspectPostgresStore } from "../../../src/backend/postgres/inspect.ts";
import { openPostgresReads } from "../../../src/backend/postgres/reads.ts";
import { openPostgresStore } from "../../../src/backend/postgres/store.ts";
import type { HubError } from "../../../src/errors.ts";
import { PARKED_BY_HAND } from "../../../src/message/parked-by-hand.ts";
import type { Lease } from "../../../src/store/lane-table.ts";
import type { Store } from "../../../src/store/store.ts";
import { message } from "../../conformance/store.ts";
import { ask, type PrivateServer, startPostgres } from "../../fakes/postgres.ts";
import { type TcpProxy, tcpProxy } from "../../fakes/tcp-proxy.ts";
import { freshPlace } from "./place.ts";

let server: PrivateServer;

beforeAll(async () => {
  server = await startPostgres();
}, 120_000);

afterAll(() => server.close());

function insert(store: Store, ...keys: string[]): Promise<readonly number[]> {
  return store.transaction((tx) => tx.messages.insert(keys.map(message)));
}

async function keysOf(store: Store): Promise<readonly (string | null)[]> {
  return (await store.transaction((tx) => tx.messages.queued(1, 0, 100))).map((one) => one.key);
}

/** Tries until it goes: the store comes back by itself. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let waits = 0; waits < 200; waits++) {
    try {
      return await work();
    } catch {
      await pause(50);
    }
  }
  return work();
}

interface Behind {
  readonly store: Store;
  readonly proxy: TcpProxy;
  readonly place: PostgresAddress;
  readonly forgotten: HubError[];
}

/** A store whose line to its server can be cut. */
async function behindProxy(work: (behind: Behind) => Promise<void>): Promise<void> {
  const place = freshPlace(server);
  const proxy = await tcpProxy(place);
  const forgotten: HubError[] = [];
  const { store } = await openPostgresStore({ ...place, port: proxy.port }, (error) => forgotten.push(error));
  try {
    await work({ store, proxy, place, forgotten });
  } finally {
    await store.close();
    await proxy.close();
  }
}

describe("the store in PostgreSQL", () => {
  it("says whether its tables are new, and serves several hubs", async () => {
    const place = freshPlace(server);
    const first = await openPostgresStore(place, () => undefined);
    expect(first.fresh).toBe(true);
    await expect(inspectPostgresStore(place)).rejects.toMatchObject({ code: "TL_CONFLICT" });
    const second = await openPostgresStore(place, () => undefined);
    expect(second.fresh).toBe(false);
    await insert(first.store, "a");
    await insert(second.store, "b");
    expect(await keysOf(first.store)).toEqual(["a", "b"]);
    await first.store.close();
    await expect(inspectPostgresStore(place)).rejects.toMatchObject({ code: "TL_CONFLICT" });
    await second.store.close();
    expect(await inspectPostgresStore(place)).toMatchObject({ exists: true });
  }, 30_000);

  it("leaves tables alone that a newer program has made", async () => {
    const place = freshPlace(server);
    await (await openPostgresStore(place, () => undefined)).store.close();
    await ask(server.url, `INSERT INTO ${place.schema}.migration VALUES (99)`);
    await expect(openPostgresStore(place, () => undefined)).rejects.toMatchObject({
      code: "TL_CONFLICT",
      cure: "Start the newer program, or restore an older dump.",
    });
  });

  it("gives what a person parked under an older program its reason", async () => {
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    const parked = { ...message("k"), state: "parked" } as const;
    const [first] = await store.transaction((tx) => tx.messages.insert([parked, message("k")]));
    await store.close();
    await ask(server.url, `DELETE FROM ${place.schema}.migration WHERE step >= 13`);
    await (await openPostgresStore(place, () => undefined)).store.close();
    const failing = `SELECT string_agg(concat_ws(' ', place, code, failure), ', ')
      FROM ${place.schema}.message WHERE fingerprint IS NOT NULL`;
    expect(await ask(server.url, failing)).toBe(`${first} TL_PARKED ${JSON.stringify(PARKED_BY_HAND)}`);
  });

  it.each(["fsync", "full_page_writes", "synchronous_commit"])(
    "refuses a server with %s off, and names the setting",
    async (name) => {
      await server.set(name, "off");
      await expect(openPostgresStore(freshPlace(server), () => undefined)).rejects.toMatchObject({
        code: "TL_CONFIG_INVALID",
        message: expect.stringContaining(`\`${name}\` is off`),
        cure: expect.stringContaining(`${name} = on`),
      });
      await server.set(name, "on");
    },
  );

  it("says what to mend when it cannot be opened, without the password", async () => {
    const place = freshPlace(server);
    await expect(openPostgresStore({ ...place, password: "hunter2" }, () => undefined)).rejects.toMatchObject(
      { code: "TL_STORE_FAILED", cure: expect.stringContaining("password") },
    );
    await expect(openPostgresStore({ ...place, port: 1 }, () => undefined)).rejects.toMatchObject({
      code: "TL_STORE_FAILED",
      message: expect.not.stringContaining(place.password ?? ""),
      cure: expect.stringContaining("Start the server"),
    });
    await expect(
      openPostgresStore({ ...place, tls: { mode: "verified", authority: null } }, () => undefined),
    ).rejects.toMatchObject({ code: "TL_STORE_FAILED", cure: expect.stringContaining("sslmode=disable") });
    await expect(openPostgresStore({ ...place, password: undefined }, () => undefined)).rejects.toMatchObject(
      { code: "TL_STORE_FAILED", cure: expect.stringContaining("asks for a password") },
    );
  });

  it("keeps every character of keys, ids and answers, and their order", async () => {
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    const keys = [
      "a",
      "a\0",
      "a\u0001",
      "a\u0001\u0001",
      "a\u0002",
      'quote " back \\ {brace}',
      "NULL",
      "ä😀",
    ];
    await insert(store, ...keys);
    expect(await keysOf(store)).toEqual(keys);
    const event = { id: "e\0\u0001", hash: Buffer.from([0, 1, 255]), expires: 9 };
    await store.transaction((tx) => tx.messages.insert([{ ...message("k"), event }]));
    const known = await store.transaction((tx) => tx.messages.events(1, [event.id], 1));
    expect([...known.keys()]).toEqual([event.id]);
    expect(Buffer.from(known.get(event.id)?.hash ?? [])).toEqual(event.hash);
    const found = await store.transaction((tx) => tx.messages.select({ key: "a\0" }, 9));
    expect(found.map((one) => one.key)).toEqual(["a\0"]);
    await store.close();
  });

  it("gives the fault of a value to its message, not to the store", async () => {
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    // Longer than an index entry may be, and not to be compressed below that.
    const id = Array.from({ length: 9000 }, (_, n) =>
      String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000)),
    ).join("");
    const event = { id, hash: Buffer.from("h"), expires: 9 };
    const failing = store.transaction((tx) => tx.messages.insert([{ ...message("k"), event }]));
    await expect(failing).rejects.toMatchObject({ code: "TL_INTERNAL", fault: "message" });
    expect(await keysOf(store)).toEqual([]);
    await store.close();
  });

  it("does not commit what a failed statement left half done", async () => {
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    const swallowing = store.transaction(async (tx) => {
      await tx.messages.insert([message("a")]);
      await tx.messages.insert([{ ...message("b"), lane: 1e9 }]).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow();
    expect(await keysOf(store)).toEqual([]);
    await store.close();
  });

  it("leaves copies to the database", async () => {
    const { store } = await openPostgresStore(freshPlace(server), () => undefined);
    await expect(store.backup("/nowhere")).rejects.toMatchObject({
      code: "TL_USAGE",
      cure: expect.stringContaining("pg_dump"),
    });
    await store.close();
  });
});

describe("the store in PostgreSQL when its connection is lost", () => {
  it("fails at once while the server is down, and goes on by itself when it is back", async () => {
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    const { queries } = openPostgresReads(place);
    await insert(store, "before");
    await server.kill();
    await expect(insert(store, "down")).rejects.toMatchObject({ code: "TL_STORE_FAILED", status: 503 });
    await expect(queries.ping()).rejects.toMatchObject({ code: "TL_STORE_FAILED" });
    await server.start();
    await patiently(() => insert(store, "after"));
    expect(await keysOf(store)).toEqual(["before", "after"]);
    await queries.ping();
    await queries.close();
    await store.close();
  }, 60_000);

  it("says yes to what was committed although the answer was lost", () =>
    behindProxy(async ({ store, proxy }) => {
      const cut = proxy.cutAt("COMMIT", "answer");
      const inserted = insert(store, "a");
      await cut;
      // Others do not wait for what is in doubt.
      await expect(insert(store, "b")).rejects.toMatchObject({ code: "TL_STORE_FAILED" });
      proxy.mend();
      expect(await inserted).toHaveLength(1);
      expect(await patiently(() => keysOf(store))).toEqual(["a"]);
    }));

  it("says no to what was not committed, when it knows", () =>
    behindProxy(async ({ store, proxy }) => {
      const cut = proxy.cutAt("COMMIT", "request");
      const inserted = insert(store, "a");
      const judged = expect(inserted).rejects.toMatchObject({ code: "TL_STORE_FAILED" });
      await cut;
      proxy.mend();
      await judged;
      expect(await patiently(() => keysOf(store))).toEqual([]);
      expect(await insert(store, "b")).toHaveLength(1);
    }));

  it("says so when the others have given it up, and finishes nothing any more", () =>
    behindProxy(async ({ store, place, forgotten }) => {
      const lease = store.seat.held().lease(0) as Lease;
      await ask(server.url, `DELETE FROM ${place.schema}.worker`);
      await expect(store.transaction((tx) => tx.lanes.own([lease]))).rejects.toMatchObject({
        code: "TL_LANE_LOST",
      });
      await store.seat.renew();
      expect(forgotten).toMatchObject([{ code: "TL_CONFLICT", cure: "Start it again." }]);
    }));
});

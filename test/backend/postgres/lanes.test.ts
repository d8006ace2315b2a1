import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import { openPostgresStore } from "../../../src/backend/postgres/store.ts";
import { ownLife } from "../../../src/backend/postgres/worker.ts";
import { DUTY, type Lease } from "../../../src/store/lane-table.ts";
import type { Store } from "../../../src/store/store.ts";
import { message } from "../../conformance/store.ts";
import { ask, openPostgres, type TestServer } from "../../fakes/postgres.ts";
import { dropPlace, freshPlace } from "./place.ts";

let server: TestServer;

beforeAll(async () => {
  server = await openPostgres();
}, 120_000);

afterAll(() => server.close());

interface Shared {
  readonly place: PostgresAddress;
  readonly one: Store;
  /** Another process on the same store, as far as the store can tell. */
  readonly two: Store;
}

async function shared(work: (shared: Shared) => Promise<void>): Promise<void> {
  const place = freshPlace(server);
  const { store: one } = await openPostgresStore(place, never);
  const { store: two } = await openPostgresStore(place, never);
  try {
    await work({ place, one, two });
  } finally {
    await one.close();
    await two.close();
    await dropPlace(server, place);
  }
}

function never(error: Error): void {
  throw error;
}

/** What a process does every two seconds. */
async function beat({ seat }: Store): Promise<{ readonly gained: number; readonly left: number }> {
  const { gained, leaving } = await seat.renew();
  seat.take(gained);
  await seat.leave(leaving);
  return { gained: gained.length, left: leaving.length };
}

function own(store: Store, leases: readonly Lease[]): Promise<number> {
  return store.transaction((tx) => tx.lanes.own(leases));
}

/** As if the process had said nothing for so long. */
async function expire({ schema }: PostgresAddress, store: Store): Promise<void> {
  const lane = store.seat.held().lanes[0];
  await ask(
    server.url,
    `UPDATE ${schema}.worker SET until = now() - interval '1 s'
     WHERE id = (SELECT owner FROM ${schema}.lane WHERE lane = ${lane})`,
  );
}

describe("lanes of a store in PostgreSQL", () => {
  it("are shared evenly by those who are there, and go to the rest when one leaves", () =>
    shared(async ({ one, two }) => {
      expect(one.seat.held().every).toBe(true);
      expect(two.seat.held().lanes).toEqual([]);
      expect(await beat(one)).toEqual({ gained: 0, left: 128 });
      expect(await beat(two)).toEqual({ gained: 128, left: 0 });
      const both = [...one.seat.held().lanes, ...two.seat.held().lanes];
      expect(both.sort((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, lane) => lane));
      expect(one.seat.held().lease(DUTY)).toBeDefined();
      await one.close();
      expect(await beat(two)).toEqual({ gained: 129, left: 0 });
      expect(two.seat.held().every).toBe(true);
    }));

  it("are not to be had again while what began on them is under way", () =>
    shared(async ({ one, two }) => {
      const { leaving } = await one.seat.renew();
      expect(leaving).toHaveLength(128);
      expect(leaving.some((lease) => one.seat.mayBegin(lease))).toBe(false);
      await own(one, leaving);
      await two.close();
      expect((await one.seat.renew()).gained).toEqual([]);
      await one.seat.leave(leaving);
      await expect(own(one, leaving)).rejects.toMatchObject({ code: "TL_LANE_LOST" });
      expect(await beat(one)).toEqual({ gained: 128, left: 0 });
    }));

  it("go to another when their lease has ended; the first one finishes nothing of what it had in hand", () =>
    shared(async ({ place, one, two }) => {
      const had = one.seat.held();
      const leases = [0, 255].map((lane) => had.lease(lane) as Lease);
      await own(one, leases);
      await expire(place, one);
      expect(await beat(two)).toEqual({ gained: 257, left: 0 });
      const finishing = one.transaction(async (tx) => {
        await tx.messages.insert([message("late")]);
        await tx.lanes.own(leases);
      });
      await expect(finishing).rejects.toMatchObject({ code: "TL_LANE_LOST" });
      expect(await two.transaction((tx) => tx.messages.queued(1, 0, 9))).toEqual([]);
      expect(await beat(one)).toEqual({ gained: 0, left: 0 });
      expect(one.seat.held().lanes).toEqual([]);
      expect(leases.some((lease) => one.seat.mayBegin(lease))).toBe(false);
    }));

  it(
    "stay with who is in the middle of a transaction, and that ends when it stands still",
    () =>
      shared(async ({ place, one, two }) => {
        await expire(place, one);
        let resumes: () => void = () => undefined;
        const stalled = one.transaction(async (tx) => {
          await tx.lanes.own([one.seat.held().lease(0) as Lease]);
          await new Promise<void>((resolve) => {
            resumes = resolve;
          });
          await tx.messages.insert([message("frozen")]);
        });
        const judged = expect(stalled).rejects.toMatchObject({ code: "TL_STORE_FAILED" });
        expect(await beat(two)).toEqual({ gained: 0, left: 0 });
        for (let tries = 0; tries < 100 && two.seat.held().lanes.length === 0; tries++) {
          await pause(100);
          await beat(two);
        }
        expect(two.seat.held().every).toBe(true);
        resumes();
        await judged;
      }),
    30_000,
  );

  it("are taken at once from a process of this machine that has ended", async () => {
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, never);
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    await store.close();
    await ask(
      server.url,
      `INSERT INTO ${place.schema}.worker (works, duty, host, pid, began, until)
       VALUES (1, 1, '${ownLife().host}', ${pid}, '12345', now() + interval '1 h')`,
    );
    await ask(
      server.url,
      `UPDATE ${place.schema}.lane SET owner = (SELECT max(id) FROM ${place.schema}.worker)`,
    );
    const { store: next } = await openPostgresStore(place, never);
    expect(next.seat.held().every).toBe(true);
    await next.close();
    await dropPlace(server, place);
  });

  it("give each process the messages and deliveries of its own", () =>
    shared(async ({ one, two }) => {
      await beat(one);
      await beat(two);
      const lanes = Array.from({ length: 300 }, (_, n) => ({ ...message(`k${n % 60}`), lane: (n % 60) * 4 }));
      const places = await one.transaction((tx) => tx.messages.insert(lanes));
      const claim = async (store: Store, limit: number) =>
        (await store.transaction((tx) => tx.messages.queued(1, 0, limit, store.seat.held()))).map(
          (m) => m.place,
        );
      const all = [...(await claim(one, 1000)), ...(await claim(two, 1000))];
      expect(all.sort((a, b) => a - b)).toEqual(places);
      // Of each lane the first ones: a limit leaves out none before one that is given.
      const few = await claim(one, 64);
      expect(few).toHaveLength(64);
      const laneOf = (place: number): number => lanes[places.indexOf(place)]?.lane as number;
      for (const place of few) {
        const before = places.filter((other) => other < place && laneOf(other) === laneOf(place));
        expect(before.every((other) => few.includes(other))).toBe(true);
      }
    }));
});

describe("places of a store in PostgreSQL, with two processes that accept", () => {
  it("appear in their order: none is seen while a smaller one may still come", () =>
    shared(async ({ one, two }) => {
      let resumes: () => void = () => undefined;
      const stands = new Promise<void>((resolve) => {
        resumes = resolve;
      });
      let drawn: () => void = () => undefined;
      const hasDrawn = new Promise<void>((resolve) => {
        drawn = resolve;
      });
      const first = one.transaction(async (tx) => {
        const [place] = await tx.messages.insert([message("k")]);
        drawn();
        await stands;
        return place as number;
      });
      await hasDrawn;
      let stored = false;
      const second = two
        .transaction((tx) => tx.messages.insert([message("k")]))
        .finally(() => {
          stored = true;
        });
      await pause(300);
      expect(stored).toBe(false);
      expect(
        await ask(server.url, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
      ).not.toBe("0");
      resumes();
      const [later] = await second;
      expect(later).toBeGreaterThan(await first);
    }));

  it("are drawn once for a happening that comes to both at once", () =>
    shared(async ({ one, two }) => {
      const event = { id: "e", hash: Buffer.from("h"), expires: 99 };
      const accept = (store: Store) =>
        store.transaction(async (tx) => {
          if ((await tx.messages.events(1, ["e"], 1)).size > 0) return "known";
          await pause(20);
          await tx.messages.insert([{ ...message("k"), event }]);
          return "stored";
        });
      expect((await Promise.all([accept(one), accept(two)])).sort()).toEqual(["known", "stored"]);
    }));
});

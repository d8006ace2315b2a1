import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { STATES } from "../../src/message/outcome.ts";
import type { NewAlert } from "../../src/store/alert-table.ts";
import type { DeliveryChange, NewDelivery } from "../../src/store/delivery-table.ts";
import type { NewFile } from "../../src/store/file-table.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import type { Walk, Walked } from "../../src/store/retention-table.ts";
import type { Store, Tx } from "../../src/store/store.ts";
import type { QueriesUnderTest } from "./queries.ts";
import { message, type StoreUnderTest, storesBy } from "./store.ts";

/** What was finished before may go. */
const BEFORE = 1_000;
const NOW = 5_000;
const OLD = 500;
const ROUTE = 7;
const FINISHED = { state: "done", outcomes: { "*": "applied" }, acceptedAt: OLD } as const;

function done(change: Partial<NewMessage> = {}): NewMessage {
  return { ...message("k"), ...FINISHED, ...change };
}

function delivery(of: number, change: Partial<NewDelivery> = {}): NewDelivery {
  return {
    ...{ message: of, flow: 1, route: ROUTE, lane: 3, key: "k", version: null, replay: 0, allowStale: false },
    ...{ body: Buffer.from("{}"), createdAt: OLD, file: null },
    ...change,
  };
}

function ended(id: number, at = OLD): DeliveryChange {
  return {
    ...{ id, state: "done", attempts: 1, nextAt: null, outcome: "applied", failure: null, answer: null, at },
  };
}

function file(change: Partial<NewFile> = {}): NewFile {
  return {
    ...{ flow: 1, flowVersion: 1, name: "a.csv", size: 9, modified: 5, sha256: "abc", textSize: 9 },
    ...{ archive: "archive/a.csv", text: "archive/a.csv.utf8", state: "running", failure: null },
    ...{ duplicateOf: null, startedAt: OLD },
    ...change,
  };
}

async function insertDelivery(tx: Tx, one: NewDelivery): Promise<number> {
  await tx.deliveries.insert([one]);
  const ids = (await tx.deliveries.ofMessage(one.message)).map(({ id }) => id);
  return Math.max(...ids);
}

/** Walks a flow to its end; gives how many were forgotten. */
async function forgetAll(store: Store, limit = 100, flow = 1): Promise<number> {
  let forgotten = 0;
  for (let after: number | null = 0; after !== null; ) {
    const walk: Walk = { after, before: BEFORE };
    const step: Walked = await store.transaction((tx) => tx.retention.messages(flow, walk, NOW, limit));
    forgotten += step.forgotten;
    after = step.next;
  }
  return forgotten;
}

function known(store: Store, places: readonly number[]): Promise<readonly number[]> {
  return store.transaction(async (tx) => {
    const found = await Promise.all(places.map((place) => tx.messages.get(place)));
    return found.flatMap((one) => (one === undefined ? [] : [one.place]));
  });
}

/** The promises of retention; every technology runs the same cases. */
export function describeRetention(name: string, open: () => Promise<StoreUnderTest>): void {
  const withStore = storesBy(open);

  describe(`retention: ${name}`, () => {
    test("a message finished long ago goes with all that hangs on it, and one finished since stays", () =>
      withStore(async (store) => {
        const places = await store.transaction(async (tx) => {
          const inserted = await tx.messages.insert([done(), done({ acceptedAt: BEFORE })]);
          for (const place of inserted) {
            const id = await insertDelivery(tx, delivery(place));
            await tx.deliveries.change([ended(id)]);
            const attempt = { delivery: id, attempt: 1, startedAt: OLD, endedAt: OLD };
            await tx.deliveries.attempts([
              { ...attempt, code: null, answer: null, exchange: { sent: { line: "x" } } },
            ]);
            await tx.messages.trail([{ message: place, at: OLD, step: "applied", detail: null }]);
          }
          return inserted;
        });
        expect(await forgetAll(store)).toBe(1);
        expect(await known(store, places)).toEqual([places[1]]);
        const left = await store.transaction((tx) =>
          Promise.all(places.map((place) => tx.deliveries.ofMessage(place))),
        );
        expect(left.map((one) => one.length)).toEqual([0, 1]);
      }));

    test("of messages in any state exactly those go that are done on all routes long enough", () =>
      withStore(async (store) => {
        const state = fc.constantFrom(...STATES);
        const at = fc.constantFrom(OLD, BEFORE - 1, BEFORE, BEFORE + 1);
        const one = fc.record({
          state,
          at,
          deliveries: fc.array(fc.record({ state, at }), { maxLength: 3 }),
        });
        await fc.assert(
          fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 20 }), fc.nat(5), async (all, limit) => {
            const { places, left } = await store.transaction(async (tx) => {
              const inserted = await tx.messages.insert(all.map(() => done()));
              const changes = all.map(({ state, at }, index) => ({
                ...{ place: inserted[index] as number, state, at, attempts: 1, nextAt: null, failure: null },
                outcomes: null,
              }));
              await tx.messages.change(changes);
              for (const [index, { deliveries }] of all.entries())
                for (const of of deliveries) {
                  const id = await insertDelivery(tx, delivery(inserted[index] as number));
                  await tx.deliveries.change([{ ...ended(id, of.at), state: of.state }]);
                }
              const isOld = (row: { state: string; at: number }) => row.state === "done" && row.at < BEFORE;
              const stay = inserted.filter((_, index) => {
                const row = all[index];
                return row !== undefined && !(isOld(row) && row.deliveries.every(isOld));
              });
              return { places: inserted, left: stay };
            });
            await forgetAll(store, limit + 1);
            expect(await known(store, places)).toEqual(left);
          }),
          { numRuns: 25 },
        );
      }));

    test("a message stays while its event id would tell that it comes again", () =>
      withStore(async (store) => {
        const event = (expires: number) => ({ id: `e${expires}`, hash: Buffer.from("h"), expires });
        const places = await store.transaction((tx) =>
          tx.messages.insert([done({ event: event(NOW) }), done({ event: event(NOW + 1) })]),
        );
        await forgetAll(store);
        expect(await known(store, places)).toEqual([places[1]]);
        const hits = await store.transaction((tx) => tx.messages.events(1, [`e${NOW + 1}`], NOW));
        expect(hits.get(`e${NOW + 1}`)?.message).toBe(places[1]);
      }));

    test("an event id goes with its message, unless it is another's by then", () =>
      withStore(async (store) => {
        const event = (id: string) => ({ id, hash: Buffer.from("h"), expires: NOW });
        await store.transaction((tx) =>
          tx.messages.insert([done({ event: event("gone") }), done({ event: event("taken") })]),
        );
        const [newer] = await store.transaction((tx) =>
          tx.messages.insert([{ ...message("k"), event: event("taken") }]),
        );
        await forgetAll(store);
        const found = await store.transaction((tx) => tx.messages.events(1, ["gone", "taken"], 0));
        expect([...found].map(([id, hit]) => [id, hit.message])).toEqual([["taken", newer]]);
      }));

    test("messages of a file stay until it is done, settled and reported, and it stays until they went", () =>
      withStore(async (store) => {
        const { id, place } = await store.transaction(async (tx) => {
          const file1 = await tx.files.insert(file());
          await tx.files.insert(file({ sha256: "newer" }));
          const slice = { file: file1, row: 1, line: 2, offset: 0, length: 1 };
          const [first] = await tx.messages.insert([done({ slice, body: null })]);
          return { id: file1, place: first as number };
        });
        const files = () => store.transaction((tx) => tx.retention.files({ after: 0, before: BEFORE }, 10));
        const kept = async () => {
          await forgetAll(store);
          return known(store, [place]);
        };
        expect(await kept()).toEqual([place]);
        await store.transaction((tx) => tx.files.finish(id, "stopped", null, OLD));
        await store.transaction((tx) => tx.files.settled(id));
        await store.transaction((tx) => tx.files.reported(id));
        expect(await kept()).toEqual([place]);
        await store.transaction((tx) => tx.files.finish(id, "done", null, OLD));
        expect((await files()).old).toEqual([]);
        expect(await kept()).toEqual([]);
        const { old } = await files();
        expect(old).toEqual([{ id, archive: "archive/a.csv", text: "archive/a.csv.utf8" }]);
        await store.transaction((tx) => tx.retention.forgetFiles([id], NOW));
        expect(await store.transaction((tx) => tx.files.get(id))).toBeUndefined();
        expect((await store.transaction((tx) => tx.files.byHash(1, "newer")))?.state).toBe("running");
      }));

    test("the newest file, and files that are not finished long enough, stay", () =>
      withStore(async (store) => {
        const ids = await store.transaction(async (tx) => {
          const inserted: number[] = [];
          for (const startedAt of [OLD, BEFORE, OLD]) {
            const id = await tx.files.insert(file({ state: "rejected", startedAt }));
            await tx.files.settled(id);
            await tx.files.reported(id);
            inserted.push(id);
          }
          return inserted;
        });
        const { old } = await store.transaction((tx) => tx.retention.files({ after: 0, before: BEFORE }, 10));
        expect(old.map((one) => one.id)).toEqual([ids[0]]);
      }));

    test("what blocks a key stays, be it a message or a delivery", () =>
      withStore(async (store) => {
        const places = await store.transaction(async (tx) => {
          const inserted = await tx.messages.insert([done(), done({ key: "l" }), done({ key: "m" })]);
          const [first = 0, second = 0] = inserted;
          await tx.messages.block(-1, "k", first, OLD);
          const id = await insertDelivery(tx, delivery(second, { key: "l" }));
          await tx.deliveries.change([ended(id)]);
          await tx.messages.block(ROUTE, "l", id, OLD);
          return inserted;
        });
        await forgetAll(store);
        expect(await known(store, places)).toEqual(places.slice(0, 2));
      }));

    test("messages of a bundle stay until it is done, and bundles go but the newest of a route", () =>
      withStore(async (store) => {
        const forget = () => store.transaction((tx) => tx.retention.bundles(BEFORE, NOW, 1));
        const { place, bundle } = await store.transaction(async (tx) => {
          const [first = 0] = await tx.messages.insert([done()]);
          const id = await insertDelivery(tx, delivery(first));
          await tx.deliveries.change([ended(id)]);
          const slot = { flow: 1, route: ROUTE, slot: 1, closes: true, startedAt: OLD };
          const begun = await tx.bundles.begin(slot);
          if (begun === undefined) throw new Error("the slot is closed");
          await tx.bundles.add(begun.id, [{ id, message: first }]);
          await tx.bundles.change({ ...begun, state: "written", rows: 1 });
          return { place: first, bundle: { ...begun, rows: 1 } };
        });
        await forgetAll(store);
        expect(await known(store, [place])).toEqual([place]);
        await store.transaction((tx) => tx.bundles.change({ ...bundle, state: "done", finishedAt: OLD }));
        expect(await forget()).toEqual({ forgotten: 0, more: false });
        await store.transaction(async (tx) => {
          const next = { flow: 1, route: ROUTE, slot: 2, closes: true, startedAt: OLD };
          const begun = await tx.bundles.begin(next);
          if (begun !== undefined)
            await tx.bundles.change({ ...begun, state: "done", rows: 1, finishedAt: OLD });
        });
        expect(await forgetAll(store)).toBe(1);
        expect(await forget()).toEqual({ forgotten: 0, more: true });
        expect(await forget()).toEqual({ forgotten: 1, more: true });
        expect(await forget()).toEqual({ forgotten: 0, more: false });
        expect(await store.transaction((tx) => tx.bundles.closed(ROUTE))).toBe(2);
      }));

    test("alerts go when they are resolved, told and muted no more, but the newest", () =>
      withStore(async (store) => {
        const alert: NewAlert = { rule: "parked", subject: "a", detail: "d", since: 1, firedAt: 1 };
        const ids = await store.transaction(async (tx) => {
          const fired: number[] = [];
          for (const subject of ["told", "untold", "open", "muted", "late", "newest"]) {
            const id = await tx.alerts.fire({ ...alert, subject });
            if (subject !== "open") await tx.alerts.resolve(id, subject === "late" ? BEFORE : OLD);
            if (subject !== "untold") await tx.alerts.told(id, "resolved");
            if (subject === "muted") await tx.alerts.mute(id, NOW + 1);
            fired.push(id);
          }
          return fired;
        });
        expect(await store.transaction((tx) => tx.retention.alerts(BEFORE, NOW, 10))).toBe(1);
        const mute = (id: number) => store.transaction((tx) => tx.alerts.mute(id, null));
        const left = await Promise.all(ids.map(mute));
        expect(left).toEqual([false, true, true, true, true, true]);
      }));

    test("the number of what is gone is not given again, also after the store is opened again", () =>
      withStore(async (store, under) => {
        const { place, id } = await store.transaction(async (tx) => {
          const [first = 0] = await tx.messages.insert([done()]);
          const sent = await insertDelivery(tx, delivery(first));
          await tx.deliveries.change([ended(sent)]);
          return { place: first, id: sent };
        });
        expect(await forgetAll(store)).toBe(1);
        const again = await under.reopen();
        const next = await again.transaction(async (tx) => {
          const [first = 0] = await tx.messages.insert([done()]);
          return { place: first, id: await insertDelivery(tx, delivery(first)) };
        });
        expect(next.place).toBeGreaterThan(place);
        expect(next.id).toBeGreaterThan(id);
      }));

    test("a walk goes in steps, leaves other flows alone, and ends where all came too late", () =>
      withStore(async (store) => {
        const late = { acceptedAt: BEFORE };
        const places = await store.transaction((tx) =>
          tx.messages.insert([done(), done({ flow: 2 }), done(), done(late), done(late), done()]),
        );
        const step = (after: number) =>
          store.transaction((tx) => tx.retention.messages(1, { after, before: BEFORE }, NOW, 2));
        expect(await step(0)).toEqual({ forgotten: 2, next: places[2] });
        expect(await step(places[2] as number)).toEqual({ forgotten: 0, next: null });
        expect(await known(store, places)).toEqual([places[1], ...places.slice(3)]);
      }));

    test("when the last sweep ended is known after the store is opened again", () =>
      withStore(async (store, under) => {
        expect(await store.transaction((tx) => tx.retention.lastSweep())).toBeNull();
        await store.transaction((tx) => tx.retention.swept(7));
        await store.transaction((tx) => tx.retention.swept(8));
        const again = await under.reopen();
        expect(await again.transaction((tx) => tx.retention.lastSweep())).toBe(8);
      }));
  });
}

/** What people are told about retention; every technology runs the same cases. */
export function describeRetentionState(name: string, open: () => Promise<QueriesUnderTest>): void {
  describe(`retention as people see it: ${name}`, () => {
    test("books balance as before, and what was forgotten is counted", async () => {
      const { store, queries, dispose } = await open();
      try {
        const places = await store.transaction(async (tx) => {
          const { id } = await tx.flows.deploy("erp", "h", { "flow.yaml": "x" }, ["crm.customer"], 1);
          const [route] = await tx.flows.routes();
          await tx.tallies.add(OLD, [
            { flow: 1, route: 0, outcome: "accepted", n: 3 },
            { flow: 1, route: route?.id ?? 0, outcome: "applied", n: 3 },
          ]);
          const flowVersion = id;
          return tx.messages.insert([
            done({ flowVersion }),
            done({ flowVersion }),
            done({ flowVersion, acceptedAt: BEFORE }),
          ]);
        });
        const books = () => queries.books("erp", 0, 60_000);
        const before = await books();
        expect(before).toMatchObject({
          accepted: 3,
          routes: [{ in: 3, outcomes: { applied: 3 }, closing: 0 }],
        });
        expect(await queries.retention(NOW)).toEqual({
          sweptAt: null,
          forgotten: {
            ...{ messages: { n: 0, last: 0 }, files: { n: 0, last: 0 } },
            ...{ bundles: { n: 0, last: 0 }, alerts: { n: 0, last: 0 } },
          },
          oldest: [{ flow: "erp", finishedAt: OLD }],
        });
        await forgetAll(store);
        await store.transaction((tx) => tx.retention.swept(NOW));
        expect(await books()).toEqual(before);
        expect(await queries.message(places[0] as number)).toBeUndefined();
        expect(await queries.retention(NOW)).toMatchObject({
          sweptAt: NOW,
          forgotten: { messages: { n: 2, last: places[1] } },
          oldest: [{ flow: "erp", finishedAt: BEFORE }],
        });
      } finally {
        await dispose();
      }
    });
  });
}

import { describe, expect, test } from "vitest";
import type { CursorRow } from "../../src/store/cursor-table.ts";
import type { NewDelivery } from "../../src/store/delivery-table.ts";
import type { NewFile } from "../../src/store/file-table.ts";
import type { Lease } from "../../src/store/lane-table.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import type { Store } from "../../src/store/store.ts";

/** A store under test: opened empty, and opened again over what the first one committed. */
export interface StoreUnderTest {
  readonly store: Store;
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

/** What opens a store for one test and removes it afterwards. */
export function storesBy(open: () => Promise<StoreUnderTest>) {
  return async (work: (store: Store, under: StoreUnderTest) => Promise<void>): Promise<void> => {
    const under = await open();
    try {
      await work(under.store, under);
    } finally {
      await under.dispose();
    }
  };
}

/** The promises of the store port; every technology runs the same cases. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  const withStore = storesBy(open);

  describe(`store: ${name}`, () => {
    test("places rise in the order of insertion, also after it is opened again", () =>
      withStore(async (store, under) => {
        const first = await store.transaction((tx) => tx.messages.insert([message("a"), message("b")]));
        expect(first[1]).toBeGreaterThan(first[0] as number);
        const again = await under.reopen();
        const [later] = await again.transaction((tx) => tx.messages.insert([message("c")]));
        expect(later).toBeGreaterThan(first[1] as number);
      }));

    test("a transaction that throws leaves nothing behind", () =>
      withStore(async (store) => {
        const failing = store.transaction(async (tx) => {
          await tx.messages.insert([message("a")]);
          throw new Error("no");
        });
        await expect(failing).rejects.toThrow("no");
        expect(await store.transaction((tx) => tx.messages.queued(1, 0, 10))).toEqual([]);
      }));

    test("deliveries of a bundle come in the order of their places, and stay in it", () =>
      withStore(async (store, under) => {
        const [first, second] = await store.transaction(async (tx) => {
          const places = await tx.messages.insert([message("a"), message("b")]);
          await tx.deliveries.insert([
            delivery(places[1] as number, "b"),
            delivery(places[0] as number, "a"),
          ]);
          return places;
        });
        const queued = await store.transaction((tx) => tx.deliveries.queued(7, 0, 10));
        expect(queued.map((one) => one.message)).toEqual([second, first]);
        const { route, flow } = delivery(1, "a");
        expect(await store.transaction((tx) => tx.deliveries.countQueued(route, 10))).toBe(2);
        expect(await store.transaction((tx) => tx.deliveries.countQueued(route, 1))).toBe(1);
        const bundle = await store.transaction(async (tx) => {
          const begun = await tx.bundles.begin({ flow, route, slot: 60_000, closes: true, startedAt: 1 });
          if (begun === undefined) throw new Error("the slot is closed");
          await tx.bundles.add(begun.id, queued);
          const failure = { code: "TL_TARGET_BUSY", message: "m", cure: "c" } as const;
          await tx.bundles.change({ ...begun, state: "fixed", rows: 2, sequence: 7, failure });
          return begun;
        });
        const again = await under.reopen();
        await again.transaction(async (tx) => {
          const last = await tx.bundles.last(route);
          expect(last).toMatchObject({ id: bundle.id, state: "fixed", rows: 2, part: 1, closes: true });
          expect(last).toMatchObject({ sequence: 7, failure: { code: "TL_TARGET_BUSY" }, answer: null });
          const [one, ...rest] = await tx.bundles.deliveries(bundle.id, null, 10);
          expect([one, ...rest].map((row) => row?.message)).toEqual([first, second]);
          const behind = await tx.bundles.deliveries(bundle.id, one ?? null, 10);
          expect(behind.map((row) => row.message)).toEqual([second]);
          expect(await tx.bundles.last(route + 1)).toBeUndefined();
        });
      }));

    test("a slot has one last bundle, and empty ones of slots before it are forgotten", () =>
      withStore(async (store) => {
        const begin = (slot: number, closes: boolean) =>
          store.transaction((tx) => tx.bundles.begin({ flow: 1, route: 5, slot, closes, startedAt: 1 }));
        const early = await begin(60_000, false);
        expect(early).toMatchObject({ part: 1, closes: false, state: "open", rows: 0, finishedAt: null });
        expect(await store.transaction((tx) => tx.bundles.closed(5))).toBeNull();
        const closing = await begin(60_000, true);
        expect(closing).toMatchObject({ part: 2, closes: true });
        expect(await begin(60_000, true)).toBeUndefined();
        expect(await begin(60_000, false)).toBeUndefined();
        expect(await store.transaction((tx) => tx.bundles.closed(5))).toBe(60_000);
        if (closing === undefined) throw new Error("no bundle");
        await store.transaction((tx) => tx.bundles.change({ ...closing, state: "done", finishedAt: 2 }));
        expect(await begin(120_000, true)).toMatchObject({ part: 1, slot: 120_000 });
        expect(await store.transaction((tx) => tx.bundles.last(5))).toMatchObject({ slot: 120_000 });
      }));

    test("work of a lane that has changed hands is not committed, nor is what it shares its transaction with", () =>
      withStore(async (store) => {
        const { seat } = store;
        const lane = seat.held().lanes[7] as number;
        const lease = seat.held().lease(lane) as Lease;
        const finish = (leases: readonly Lease[]) =>
          store.transaction(async (tx) => {
            await tx.messages.insert([message("a")]);
            await tx.lanes.own(leases);
          });
        const other = seat.held().lease(3) as Lease;
        await expect(finish([other, { lane, epoch: lease.epoch + 1 }])).rejects.toMatchObject({
          code: "TL_LANE_LOST",
          fault: "hub",
        });
        expect(await store.transaction((tx) => tx.messages.queued(1, 0, 10))).toEqual([]);
        await finish([other, lease]);
        expect(await store.transaction((tx) => tx.messages.queued(1, 0, 10))).toHaveLength(1);
        expect(seat.mayBegin(lease)).toBe(true);
      }));

    test("who works across lanes is noticed by who works on one", () =>
      withStore(async (store) => {
        const own = () => store.transaction((tx) => tx.lanes.own([]));
        const before = await own();
        expect(await own()).toBe(before);
        await store.transaction(async (tx) => {
          await tx.lanes.enter();
          await tx.lanes.tell();
        });
        expect(await own()).toBe(before + 1);
      }));

    test("knows a version that was in force before another", () =>
      withStore(async (store) => {
        const deploy = (hash: string) =>
          store.transaction((tx) => tx.flows.deploy("f", hash, {}, ["crm.customer"], 1));
        const isFormer = (hash: string) => store.transaction((tx) => tx.flows.isFormer("f", hash));
        await deploy("one");
        expect(await isFormer("one")).toBe(false);
        await deploy("two");
        expect([await isFormer("one"), await isFormer("two"), await isFormer("three")]).toEqual([
          true,
          false,
          false,
        ]);
      }));

    test("flows that are asked for are taken once", () =>
      withStore(async (store) => {
        for (const flow of [7, 8, 7]) await store.transaction((tx) => tx.slots.ask(flow));
        const taken = await store.transaction((tx) => tx.slots.takeAsked());
        expect([...taken].sort()).toEqual([7, 8]);
        expect(await store.transaction((tx) => tx.slots.takeAsked())).toEqual([]);
      }));

    test("knows whether messages are queued still", () =>
      withStore(async (store) => {
        const places = await store.transaction((tx) => tx.messages.insert([message("a"), message("b")]));
        const areQueued = () => store.transaction((tx) => tx.messages.areQueued(places));
        expect(await areQueued()).toBe(true);
        const end = { attempts: 0, nextAt: null, failure: null, outcomes: null, at: 5 };
        await store.transaction((tx) =>
          tx.messages.change([{ ...end, place: places[1] as number, state: "parked" }]),
        );
        expect(await areQueued()).toBe(false);
      }));

    test("messages are next while no other of their flow is queued before them, and end together", () =>
      withStore(async (store) => {
        const { places, other } = await store.transaction(async (tx) => ({
          places: await tx.messages.insert([message("a"), message("b"), message("c")]),
          other: await tx.messages.insert([{ ...message("d"), flow: 2 }]),
        }));
        const [first, second, last] = places as [number, number, number];
        const areNext = (from: number, to: number) =>
          store.transaction((tx) => tx.messages.areNext(1, { first: from, last: to }));
        expect(await areNext(first, last)).toBe(true);
        expect(await areNext(first, second)).toBe(true);
        expect(await areNext(second, last)).toBe(false);
        expect(await areNext(first, last + 1)).toBe(false);
        await store.transaction((tx) =>
          tx.messages.end({ first, last: second }, { "crm.customer": "applied" }, 7),
        );
        expect(await areNext(second, last)).toBe(false);
        expect(await areNext(last, last)).toBe(true);
        const ended = await store.transaction((tx) => tx.messages.get(second));
        expect(ended).toMatchObject({ state: "done", failure: null });
        const still = await store.transaction((tx) => tx.messages.get(other[0] as number));
        expect(still?.state).toBe("queued");
      }));

    test("transactions do not see each other half done", () =>
      withStore(async (store) => {
        const slow = store.transaction(async (tx) => {
          await tx.messages.insert([message("a")]);
          await new Promise((resolve) => setTimeout(resolve, 20));
          await tx.messages.insert([message("b")]);
        });
        const seen = store.transaction((tx) => tx.messages.queued(1, 0, 10));
        await slow;
        expect(await seen).toHaveLength(2);
      }));

    test("a message's trace is the one it came with, or that of the message that caused it", () =>
      withStore(async (store) => {
        const [outside] = await store.transaction((tx) =>
          tx.messages.insert([{ ...message("a"), traceparent: "00-a-b-01" }]),
        );
        const [child] = await store.transaction((tx) =>
          tx.messages.insert([{ ...message("b"), cause: outside ?? 0 }]),
        );
        const [grandchild, other] = await store.transaction((tx) =>
          tx.messages.insert([{ ...message("c"), cause: child ?? 0 }, message("d")]),
        );
        const places = [outside, child, grandchild, other].map((place) => place ?? 0);
        const found = await store.transaction((tx) => tx.messages.traceparents(places));
        expect(found).toEqual(new Map(places.slice(0, 3).map((place) => [place, "00-a-b-01"])));
      }));

    test("raw bytes come back as they were received", () =>
      withStore(async (store) => {
        const body = Uint8Array.from({ length: 256 }, (_, index) => index);
        await store.transaction((tx) =>
          tx.messages.insert([{ ...message("a"), body, headers: { "x-a": "ä" } }]),
        );
        const [found] = await store.transaction((tx) => tx.messages.queued(1, 0, 10));
        expect(Buffer.from(found?.body ?? []).equals(Buffer.from(body))).toBe(true);
        expect(found?.headers).toEqual({ "x-a": "ä" });
      }));

    test.each<[string, (n: number) => Partial<NewMessage>]>([
      ["alike", (): Partial<NewMessage> => ({})],
      ["alike, but for keys of odd characters", (n): Partial<NewMessage> => ({ key: `"\\\n😀ä${n}` })],
      [
        "alike, but for control characters in keys",
        (n): Partial<NewMessage> => ({ key: `\u0001\u001f${n}` }),
      ],
      ["alike, some without a key", (n): Partial<NewMessage> => (n % 3 === 0 ? { key: null, lane: 0 } : {})],
      ["alike, of other lengths", (n): Partial<NewMessage> => ({ body: Buffer.alloc(1 + n * 37, n) })],
      ["that differ in all they may", different],
    ])("each message of a batch of many %s comes back as it was", (_what, change) =>
      withStore(async (store) => {
        for (const count of [1, 7, 90]) {
          const batch = Array.from({ length: count }, (_, n): NewMessage => {
            const event = { id: `e${n}`, hash: Buffer.from([n]), expires: 1000 };
            return { ...message(`${count} ${n}`), body: Buffer.from(`body ${n}`), event, ...change(n) };
          });
          const places = await store.transaction((tx) => tx.messages.insert(batch));
          const found = await store.transaction((tx) => Promise.all(places.map((at) => tx.messages.get(at))));
          expect(found.map((one) => one && { ...one, body: Buffer.from(one.body ?? []) })).toEqual(
            batch.map(({ flow, flowVersion, key, system, acceptedAt, contentType, headers, body }, n) =>
              expect.objectContaining({
                ...{ place: places[n], flow, flowVersion, key, system, acceptedAt },
                ...{ contentType, headers, body },
              }),
            ),
          );
          for (const [n, { flow, event }] of batch.entries()) {
            const known = await store.transaction((tx) => tx.messages.events(flow, [`e${n}`], 999));
            expect(known.get(`e${n}`)?.message).toBe(event === null ? undefined : places[n]);
            await store.transaction((tx) => tx.messages.freeEvents([places[n] ?? 0]));
          }
        }
      }),
    );

    test("queued messages of a flow come in place order and leave the queue when they change", () =>
      withStore(async (store) => {
        const places = await store.transaction((tx) => tx.messages.insert(["a", "b", "c"].map(message)));
        await store.transaction((tx) =>
          tx.messages.change([
            {
              place: places[0] as number,
              state: "done",
              attempts: 0,
              nextAt: null,
              failure: null,
              outcomes: { r: "applied" },
              at: 5,
            },
            {
              place: places[1] as number,
              state: "waiting",
              attempts: 1,
              nextAt: 100,
              failure: null,
              outcomes: null,
              at: 5,
            },
          ]),
        );
        const queued = await store.transaction((tx) => tx.messages.queued(1, 0, 10));
        expect(queued.map((one) => one.key)).toEqual(["c"]);
      }));

    test("of the flows asked for, those that have queued messages are named, each once", () =>
      withStore(async (store) => {
        const state = "waiting";
        await store.transaction((tx) =>
          tx.messages.insert([
            ...["a", "b"].map(message),
            { ...message("c"), flow: 2, state, nextAt: 100 },
            { ...message("d"), flow: 3 },
            { ...message("e"), flow: 4 },
          ]),
        );
        const named = await store.transaction((tx) => tx.messages.withQueued([3, 2, 1, 9]));
        expect([...named].sort()).toEqual([1, 3]);
        expect(await store.transaction((tx) => tx.messages.withQueued([]))).toEqual([]);
      }));

    test("a waiting message comes back when its time has come, and not before", () =>
      withStore(async (store) => {
        await store.transaction((tx) =>
          tx.messages.insert([{ ...message("a"), state: "waiting", nextAt: 100 }]),
        );
        expect(await store.transaction((tx) => tx.messages.wake(99))).toEqual([]);
        expect(await store.transaction((tx) => tx.messages.nextWake())).toBe(100);
        expect(await store.transaction((tx) => tx.messages.wake(100))).toEqual([1]);
        expect(await store.transaction((tx) => tx.messages.queued(1, 0, 10))).toHaveLength(1);
      }));

    test("an event id is known until it expires, is another's then, and is freed on demand", () =>
      withStore(async (store) => {
        const event = { id: "e1", hash: Buffer.from("hash"), expires: 1000 };
        const [place] = await store.transaction((tx) => tx.messages.insert([{ ...message("a"), event }]));
        const known = await store.transaction((tx) => tx.messages.events(1, ["e1", "e2"], 999));
        expect(known.get("e1")?.message).toBe(place);
        expect(Buffer.from(known.get("e1")?.hash ?? []).toString()).toBe("hash");
        expect((await store.transaction((tx) => tx.messages.events(2, ["e1"], 999))).size).toBe(0);
        expect((await store.transaction((tx) => tx.messages.events(1, ["e1"], 1000))).size).toBe(0);
        const later = { ...message("b"), event: { ...event, expires: 2000 } };
        const [next] = await store.transaction((tx) => tx.messages.insert([later]));
        const taken = await store.transaction((tx) => tx.messages.events(1, ["e1"], 1000));
        expect(taken.get("e1")?.message).toBe(next);
        await store.transaction((tx) => tx.messages.freeEvents([place as number]));
        const kept = await store.transaction((tx) => tx.messages.events(1, ["e1"], 1000));
        expect(kept.get("e1")?.message).toBe(next);
        await store.transaction((tx) => tx.messages.freeEvents([next as number]));
        expect((await store.transaction((tx) => tx.messages.events(1, ["e1"], 0))).size).toBe(0);
      }));

    test("what waits behind a blocked key is held, and returns when the one who blocked it clears it", () =>
      withStore(async (store) => {
        const [first] = await store.transaction((tx) =>
          tx.messages.insert([{ ...message("k"), state: "parked" }]),
        );
        await store.transaction((tx) => tx.messages.insert([{ ...message("k"), state: "held" }]));
        const by = first as number;
        await store.transaction((tx) => tx.messages.block(-1, "k", by, 1));
        await store.transaction((tx) => tx.messages.block(-1, "k", by + 1, 1));
        expect(await store.transaction((tx) => tx.messages.blocked())).toEqual([{ scope: -1, key: "k", by }]);
        expect(await store.transaction((tx) => tx.messages.unblock(-1, "k", by + 1))).toBe(false);
        expect(await store.transaction((tx) => tx.messages.unblock(-1, "k", by))).toBe(true);
        expect(await store.transaction((tx) => tx.messages.queued(1, 0, 10))).toHaveLength(1);
      }));

    test("a newer state supersedes older ones of its key that wait, are held or parked, and no others", () =>
      withStore(async (store) => {
        const states = ["waiting", "held", "parked", "queued"] as const;
        await store.transaction((tx) =>
          tx.messages.insert(states.map((state) => ({ ...message("k"), state, nextAt: 9 }))),
        );
        await store.transaction((tx) => tx.messages.insert([{ ...message("other"), state: "parked" }]));
        const [newest] = await store.transaction((tx) => tx.messages.insert([message("k")]));
        const ended = await store.transaction((tx) =>
          tx.messages.supersede(1, [{ key: "k", before: newest as number }], 5),
        );
        expect(ended.map((row) => row.state).sort()).toEqual(["held", "parked", "waiting"]);
        expect(await store.transaction((tx) => tx.messages.queued(1, 0, 10))).toHaveLength(2);
      }));

    test("deliveries keep their order, their bytes and what was last applied", () =>
      withStore(async (store) => {
        await store.transaction((tx) => tx.deliveries.insert([delivery(1, "a"), delivery(2, "b")]));
        const queued = await store.transaction((tx) => tx.deliveries.queued(7, 0, 10));
        expect(queued.map((one) => one.message)).toEqual([1, 2]);
        expect(Buffer.from(queued[0]?.body ?? []).toString()).toBe('{"n":1}');
        await store.transaction((tx) => tx.deliveries.applied(7, [{ key: "a", message: 1, version: "v1" }]));
        const last = await store.transaction((tx) => tx.deliveries.lastApplied(7, ["a", "b"]));
        expect([...last.values()]).toEqual([{ key: "a", message: 1, version: "v1" }]);
        const [first, second] = queued.map(({ id }) => id) as [number, number];
        const rest = { attempts: 1, nextAt: null, failure: null, answer: null, at: 1 };
        await store.transaction((tx) =>
          tx.deliveries.change([
            { id: first, state: "done", outcome: "applied", ...rest },
            { id: second, state: "parked", outcome: null, ...rest },
          ]),
        );
        const done = await store.transaction((tx) => tx.deliveries.done([first, second, second + 1]));
        expect([...done]).toEqual([first]);
      }));

    test("a delivery that is replayed keeps its number and takes what the replay made", () =>
      withStore(async (store) => {
        const [place] = await store.transaction((tx) => tx.messages.insert([message("a")]));
        const first = delivery(place as number, "a");
        await store.transaction((tx) => tx.deliveries.insert([first, delivery(9, "a")]));
        const [before] = await store.transaction((tx) => tx.deliveries.queued(7, 0, 1));
        const id = before?.id ?? 0;
        await store.transaction(async (tx) => {
          await tx.messages.replay([place as number], 2, { routes: [], allowStale: false });
          await tx.deliveries.holdForReplay([id]);
        });
        const [held] = await store.transaction((tx) => tx.deliveries.ofMessage(place as number));
        expect(held).toMatchObject({ state: "held", replay: 1 });
        const again = {
          ...first,
          replay: 1,
          version: "v2",
          allowStale: true,
          body: Buffer.from('{"n":"again"}'),
        };
        await store.transaction((tx) => tx.deliveries.renew(id, again));
        const queued = await store.transaction((tx) => tx.deliveries.queued(7, 0, 10));
        expect(queued.map((one) => one.message)).toEqual([place, 9]);
        const expected = { id, state: "queued", replay: 1, version: "v2", allowStale: true, attempts: 0 };
        expect(queued[0]).toMatchObject(expected);
        expect(Buffer.from(queued[0]?.body ?? []).toString()).toBe('{"n":"again"}');
      }));

    test("deliveries that had begun are found after a crash", () =>
      withStore(async (store, under) => {
        await store.transaction((tx) => tx.deliveries.insert([delivery(1, "a")]));
        const [one] = await store.transaction((tx) => tx.deliveries.queued(7, 0, 1));
        const id = one?.id ?? 0;
        const change = {
          id,
          state: "sending",
          attempts: 1,
          nextAt: null,
          outcome: null,
          failure: null,
          answer: null,
          at: 1,
        } as const;
        await store.transaction((tx) => tx.deliveries.change([change]));
        const again = await under.reopen();
        expect((await again.transaction((tx) => tx.deliveries.sending())).map((row) => row.id)).toEqual([id]);
      }));

    test("what is under way on a version is counted, and a flow can go out of force", () =>
      withStore(async (store) => {
        const version = await store.transaction(async (tx) => {
          const { id } = await tx.flows.deploy("f", "h1", { "flow.yaml": "1" }, ["crm.customer"], 1);
          const waiting = { ...message("w"), state: "waiting" as const, nextAt: 9 };
          const done = { ...message("d"), state: "done" as const, outcomes: { "*": "filtered" } };
          await tx.messages.insert([message("a"), message("b"), waiting, done]);
          await tx.files.insert(file());
          return id;
        });
        expect(version).toBe(1);
        expect(await store.transaction((tx) => tx.flows.underWay(1))).toEqual({ messages: 3, files: 1 });
        expect(await store.transaction((tx) => tx.flows.underWay(2))).toEqual({ messages: 0, files: 0 });
        await store.transaction((tx) => tx.flows.withdraw(1));
        const [row] = await store.transaction((tx) => tx.flows.all());
        expect(row).toMatchObject({ name: "f", version: null, hash: null });
        expect((await store.transaction((tx) => tx.flows.version(1)))?.hash).toBe("h1");
      }));

    test("a flow version is stored once by its hash, and the newest deploy is in force", () =>
      withStore(async (store) => {
        const a = await store.transaction((tx) =>
          tx.flows.deploy("f", "h1", { "flow.yaml": "1" }, ["crm.customer"], 1),
        );
        const b = await store.transaction((tx) =>
          tx.flows.deploy("f", "h2", { "flow.yaml": "2" }, ["crm.customer", "x.y"], 2),
        );
        const back = await store.transaction((tx) =>
          tx.flows.deploy("f", "h1", { "flow.yaml": "1" }, ["crm.customer"], 3),
        );
        expect(back.id).toBe(a.id);
        expect(b.id).not.toBe(a.id);
        expect((await store.transaction((tx) => tx.flows.all()))[0]?.hash).toBe("h1");
        expect((await store.transaction((tx) => tx.flows.routes())).map((route) => route.to)).toEqual([
          "crm.customer",
          "x.y",
        ]);
        expect((await store.transaction((tx) => tx.flows.version(b.id)))?.texts).toEqual({
          "flow.yaml": "2",
        });
      }));

    test("a slot has one taker", () =>
      withStore(async (store) => {
        expect(await store.transaction((tx) => tx.slots.take(1, 1000, "running", 1, null))).toBe(true);
        expect(await store.transaction((tx) => tx.slots.take(1, 1000, "running", 2, null))).toBe(false);
        expect((await store.transaction((tx) => tx.slots.last(1)))?.at).toBe(1000);
      }));

    test("a cursor moves with what was read up to it, and is there when the store is opened again", () =>
      withStore(async (store, under) => {
        const failing = store.transaction(async (tx) => {
          await tx.cursors.move(1, "shop.orders", null, cursor("[1]"));
          throw new Error("no");
        });
        await expect(failing).rejects.toThrow("no");
        expect(await store.transaction((tx) => tx.cursors.get(1, "shop.orders"))).toBeUndefined();
        await store.transaction((tx) => tx.cursors.move(1, "shop.orders", null, cursor("[1]", true)));
        const again = await under.reopen();
        const found = await again.transaction((tx) => tx.cursors.get(1, "shop.orders"));
        expect(found).toEqual({ value: "[1]", more: true, movedAt: 5 });
      }));

    test("a cursor moves only from where its reader saw it", () =>
      withStore(async (store) => {
        const move = (from: string | null, to: string | null) =>
          store.transaction((tx) => tx.cursors.move(1, "shop.orders", from, to === null ? null : cursor(to)));
        expect(await move(null, "[1]")).toBe(true);
        expect(await move(null, "[2]")).toBe(false);
        expect(await move("[0]", "[2]")).toBe(false);
        expect(await move("[1]", "[2]")).toBe(true);
        expect(await move("[1]", null)).toBe(false);
        expect(await move("[2]", null)).toBe(true);
        expect(await store.transaction((tx) => tx.cursors.get(1, "shop.orders"))).toBeUndefined();
      }));

    test("each flow has a cursor of its own in each source", () =>
      withStore(async (store) => {
        await store.transaction(async (tx) => {
          await tx.cursors.move(1, "shop.orders", null, cursor("[1]"));
          await tx.cursors.move(2, "shop.orders", null, cursor("[2]"));
          await tx.cursors.move(1, "shop.prices", null, cursor("[3]"));
        });
        const found = await store.transaction((tx) =>
          Promise.all([
            tx.cursors.get(1, "shop.orders"),
            tx.cursors.get(2, "shop.orders"),
            tx.cursors.get(1, "shop.prices"),
          ]),
        );
        expect(found.map((one) => one?.value)).toEqual(["[1]", "[2]", "[3]"]);
      }));

    test("a file keeps its checkpoint and its books", () =>
      withStore(async (store, under) => {
        const id = await store.transaction((tx) => tx.files.insert(file()));
        const books = { "crm.customer": { applied: 3, waiting: 2 } };
        await store.transaction((tx) =>
          tx.files.checkpoint(id, { rows: 5, offset: 50, context: ["A"], books }),
        );
        await store.transaction((tx) => tx.files.shift(id, "crm.customer", "waiting", "applied", 2));
        const again = await under.reopen();
        const found = await again.transaction((tx) => tx.files.get(id));
        expect(found).toMatchObject({
          rows: 5,
          offset: 50,
          context: ["A"],
          books: { "crm.customer": { applied: 5 } },
        });
        expect((await again.transaction((tx) => tx.files.byHash(1, "abc")))?.id).toBe(id);
        expect((await again.transaction((tx) => tx.files.unfinished())).map((row) => row.id)).toEqual([id]);
      }));
  });
}

/** A message that is new, of flow 1. */
export function message(key: string): NewMessage {
  return {
    flow: 1,
    flowVersion: 1,
    lane: 3,
    key,
    system: "erp",
    acceptedAt: 1,
    body: Buffer.from("{}"),
    contentType: "application/json",
    headers: null,
    event: null,
    slice: null,
    cause: null,
    hops: 0,
    traceparent: null,
  };
}

function cursor(value: string, more = false): CursorRow {
  return { value, more, movedAt: 5 };
}

/** One of a message, of flow 1. */
export function delivery(of: number, key: string): NewDelivery {
  return {
    message: of,
    flow: 1,
    route: 7,
    lane: 3,
    key,
    version: null,
    replay: 0,
    allowStale: false,
    body: Buffer.from(`{"n":${of}}`),
    createdAt: 1,
    file: null,
  };
}

function file(): NewFile {
  return {
    flow: 1,
    flowVersion: 1,
    name: "a.csv",
    size: 100,
    modified: 5,
    sha256: "abc",
    archive: "archive/a.csv",
    text: "archive/a.csv",
    textSize: 100,
    state: "running",
    failure: null,
    duplicateOf: null,
    startedAt: 1,
  };
}

/** Differs from message to message. */
function different(n: number): Partial<NewMessage> {
  return {
    flow: 1 + (n % 2),
    flowVersion: 1 + (n % 5),
    system: n % 3 === 0 ? "other" : "web",
    acceptedAt: 1 + (n % 7),
    contentType: n % 4 === 0 ? null : "text/csv",
    headers: n % 3 === 0 ? { "x-n": String(n) } : null,
    ...(n % 5 === 0 ? { event: null } : {}),
    ...(n % 6 === 0 ? { key: null } : {}),
    traceparent: n % 2 === 0 ? `trace ${n}` : null,
  };
}

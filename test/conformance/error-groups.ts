import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Failure } from "../../src/errors.ts";
import { parkMessage } from "../../src/flow/acts.ts";
import { PARKED_BY_HAND } from "../../src/message/parked-by-hand.ts";
import type { MessageChange, NewMessage } from "../../src/store/message-table.ts";
import type { ErrorGroup, MessageFilter, Page } from "../../src/store/queries.ts";
import type { Store } from "../../src/store/store.ts";
import type { QueriesUnderTest } from "./queries.ts";

const T0 = Date.UTC(2027, 2, 1, 12);
const HOUR = 3_600_000;
const ALL: Page = { before: null, limit: 100 };

function failure(text: string): Failure {
  return { code: "TL_EMITS_FAILED", message: text, place: { field: "/lines/1" } };
}

function message(change: Partial<NewMessage>): NewMessage {
  return {
    ...{ flow: 1, flowVersion: 1, lane: 0, key: "k", system: "erp", acceptedAt: T0, body: Buffer.from("{}") },
    ...{
      contentType: null,
      headers: null,
      event: null,
      slice: null,
      cause: null,
      hops: 0,
      traceparent: null,
    },
    ...change,
  };
}

function parked(text: string, change: Partial<NewMessage> = {}): NewMessage {
  return message({ state: "parked", failure: failure(text), ...change });
}

function changed(place: number, change: Partial<MessageChange>): MessageChange {
  return {
    ...{ place, state: "done", attempts: 1, nextAt: null, failure: null, at: T0 },
    outcomes: { "crm.customer": "applied" },
    ...change,
  };
}

/** Groups of errors: what fails stands in one of them as long as it fails, and nothing else does. */
export function describeErrorGroups(name: string, open: () => Promise<QueriesUnderTest>): void {
  describe(`error groups: ${name}`, () => {
    let under: QueriesUnderTest;
    let store: Store;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under.dispose());

    /** A flow of its own for each case, with the route `shop.order`. */
    async function flow(name: string): Promise<{ readonly id: number; readonly route: number }> {
      return store.transaction(async (tx) => {
        await tx.flows.deploy(name, `hash-${name}`, { "flow.yaml": "x" }, ["crm.customer", "shop.order"], T0);
        const id = (await tx.flows.all()).find((one) => one.name === name)?.id ?? 0;
        const route = (await tx.flows.routes()).find((one) => one.flow === id && one.to === "shop.order");
        return { id, route: route?.id ?? 0 };
      });
    }

    const insert = (...messages: readonly NewMessage[]) =>
      store.transaction((tx) => tx.messages.insert(messages)) as Promise<[number, number, number, number]>;
    const groupsOf = async (flow: string, state: "parked" | "rejected" = "parked") =>
      (await under.queries.errorGroups({ flow, state, now: T0 + HOUR })).groups;
    const counts = (groups: readonly ErrorGroup[]) =>
      Object.fromEntries(groups.map((one) => [one.failure.message, one.count]));

    test("what fails for one reason is one group, whatever numbers and quotes its text has", async () => {
      const { id } = await flow("alike");
      const places = await insert(
        parked('order 1 has "a"', { flow: id, key: "a", acceptedAt: T0 - 30 * HOUR }),
        parked('order 22 has "b b"', { flow: id, key: "b", acceptedAt: T0 - 2.5 * HOUR }),
        parked('order 3 has "c"', { flow: id, key: "b", acceptedAt: T0 }),
        parked("order 3 is late", { flow: id, key: null, acceptedAt: T0 }),
      );
      const [first, second] = (await groupsOf("alike")).toSorted((a, b) => b.count - a.count);
      expect(first).toMatchObject({
        ...{ flow: "alike", to: null, count: 3, more: false, keys: 2, sample: places[2] },
        ...{ oldest: T0 - 30 * HOUR, newest: T0, failure: failure('order 3 has "c"') },
      });
      expect(first?.perHour.flatMap((n, hour) => (n === 0 ? [] : [[hour, n]]))).toEqual([
        [20, 1],
        [23, 1],
      ]);
      expect(second).toMatchObject({ count: 1, keys: 0 });
      const page = await under.queries.messages({ flow: "alike", cause: first!.cause }, ALL);
      expect(page.items.map((one) => one.place)).toEqual(places.slice(0, 3).toReversed());
      expect(page.next).toBeNull();
    });

    test("a message leaves its group when it is replayed, discarded, or made needless by a newer one", async () => {
      const { id } = await flow("leaves");
      const texts = ["is replayed", "is discarded", "is superseded", "stays"];
      const places = await insert(
        ...texts.map((text, at) => parked(text, { flow: id, key: `k${at}`, acceptedAt: T0 + at })),
      );
      const [replayed, discarded] = places;
      await store.transaction(async (tx) => {
        await tx.messages.replay([replayed], 1, { routes: [], allowStale: false });
        await tx.messages.change([changed(discarded, { outcomes: { "crm.customer": "discarded" } })]);
        await tx.messages.supersede(id, [{ key: "k2", before: 1e9 }], T0);
      });
      expect(counts(await groupsOf("leaves"))).toEqual({ stays: 1 });
      await store.transaction((tx) =>
        tx.messages.change([
          changed(replayed, { state: "parked", outcomes: null, failure: failure("fails anew") }),
        ]),
      );
      expect(counts(await groupsOf("leaves"))).toEqual({ stays: 1, "fails anew": 1 });
    });

    test("what waits for its next try is in no group; rejected rows are in groups of their own", async () => {
      const { id } = await flow("rejects");
      const end = { flow: id, state: "done", failure: failure("is bad") } as const;
      await insert(
        message({ flow: id, state: "waiting", failure: failure("is bad"), nextAt: T0 + HOUR }),
        message({ ...end, outcomes: { "crm.customer": "rejected" } }),
        message({ ...end, outcomes: { "crm.customer": "discarded" } }),
      );
      expect(await groupsOf("rejects")).toEqual([]);
      const [group] = await groupsOf("rejects", "rejected");
      expect(group).toMatchObject({ count: 1, to: null });
      const page = await under.queries.messages({ outcomes: ["rejected"], cause: group!.cause }, ALL);
      expect(page.items.map((one) => one.place)).toEqual([group?.sample]);
    });

    test("a delivery that is parked is in a group of its route until it is held, sent or superseded", async () => {
      const { id, route } = await flow("delivers");
      const places = await insert(
        ...[0, 1, 2, 3].map((at) =>
          message({ flow: id, key: `d${at}`, state: "done", outcomes: { "crm.customer": "applied" } }),
        ),
      );
      const ids = await store.transaction(async (tx) => {
        await tx.deliveries.insert(
          places.map((place, at) => ({
            ...{ message: place, flow: id, route, lane: 0, key: `d${at}`, version: null, replay: 0 },
            ...{ allowStale: false, body: Buffer.from("{}"), createdAt: T0 + at, file: null },
          })),
        );
        const found = (await tx.deliveries.queued(route, 0, 10)).map((one) => one.id);
        await tx.deliveries.change(found.map((one) => delivered(one, "parked")));
        return found as [number, number, number, number];
      });
      const [group] = await groupsOf("delivers");
      expect(group).toMatchObject({ to: "shop.order", count: 4, keys: 4, oldest: T0, sample: places[3] });
      const listed = async () => {
        const filter = { flow: "delivers", state: "parked", cause: group!.cause } as const;
        return (await under.queries.messages(filter, ALL)).items.map((one) => one.place);
      };
      expect(await listed()).toEqual(places.toReversed());
      await store.transaction(async (tx) => {
        await tx.deliveries.holdForReplay([ids[0]]);
        await tx.deliveries.change([delivered(ids[1], "done")]);
        await tx.deliveries.supersede(route, [{ key: "d2", before: 1e9 }], T0);
      });
      expect(await groupsOf("delivers")).toMatchObject([{ to: "shop.order", count: 1 }]);
      expect(await listed()).toEqual([places[3]]);
    });

    test("what a person parks is one group, so that every parked message is in exactly one", async () => {
      const { id } = await flow("by-hand");
      const places = await insert(
        parked("is bad", { flow: id }),
        message({ flow: id, key: "a" }),
        message({ flow: id, key: "b", state: "waiting", failure: failure("is bad"), nextAt: T0 + HOUR }),
        message({ flow: id, key: "c", state: "held" }),
      );
      await store.transaction(async (tx) => {
        for (const place of places.slice(1)) await parkMessage(tx, place, undefined, T0 + 1);
      });
      const groups = (await groupsOf("by-hand")).toSorted((a, b) => a.count - b.count);
      expect(groups).toMatchObject([
        { count: 1, to: null, failure: failure("is bad"), sample: places[0] },
        { count: 3, to: null, failure: PARKED_BY_HAND, sample: places[3], keys: 3 },
      ]);
      const listed = async (filter: MessageFilter) =>
        (await under.queries.messages({ flow: "by-hand", ...filter }, ALL)).items.map((one) => one.place);
      const members = await Promise.all(groups.map(({ cause }) => listed({ cause })));
      expect(members).toEqual([[places[0]], places.slice(1).toReversed()]);
      expect(members.flat().toSorted()).toEqual((await listed({ state: "parked" })).toSorted());
      expect(await listed({ code: "TL_PARKED" })).toEqual(members[1]);
      expect(await needing("by-hand", T0)).toEqual([4, 4]);
    });

    /** A cause of each text, and the flow's parked ones that need a person, of messages or on the route. */
    const causesOf = async (flow: string) =>
      new Map((await groupsOf(flow)).map((group) => [group.failure.message, group.cause]));
    const needing = async (flow: string, now: number, to: string | null = null) =>
      (await under.queries.pending(now))
        .filter((one) => one.flow === flow && one.to === to)
        .map(({ parked: all, unmuted }) => [all, unmuted])[0];

    test("a muted cause is apart, and what of it is parked needs nobody, until its time", async () => {
      const { id } = await flow("mutes");
      await insert(
        ...["known", "known", "new"].map((text) => parked(text, { flow: id })),
        message({ flow: id, state: "parked", failure: PARKED_BY_HAND }),
      );
      expect(await needing("mutes", T0)).toEqual([4, 4]);
      const { fingerprint = "" } = (await causesOf("mutes")).get("known") ?? {};
      const until = T0 + 2 * HOUR;
      const mute = { flow: id, route: null, fingerprint, until, by: "ada", at: T0 };
      await store.transaction((tx) => tx.mutes.set(mute));
      const named = async (muted: boolean, now: number) =>
        counts((await under.queries.errorGroups({ flow: "mutes", state: "parked", muted, now })).groups);
      const byHand = { [PARKED_BY_HAND.message]: 1 };
      expect([await named(true, until - 1), await named(false, until - 1)]).toEqual([
        { known: 2 },
        { new: 1, ...byHand },
      ]);
      expect([await named(true, until), await named(false, until)]).toEqual([
        {},
        { known: 2, new: 1, ...byHand },
      ]);
      expect((await groupsOf("mutes")).map((one) => [one.failure.message, one.muted]).sort()).toEqual([
        [PARKED_BY_HAND.message, null],
        ["known", { until, by: "ada", at: T0 }],
        ["new", null],
      ]);
      expect([await needing("mutes", until - 1), await needing("mutes", until)]).toEqual([
        [4, 2],
        [4, 4],
      ]);
      const cleared = () => store.transaction((tx) => tx.mutes.clear(mute));
      expect([await cleared(), await cleared()]).toEqual([true, false]);
      expect(await named(false, T0)).toEqual({ known: 2, new: 1, ...byHand });
    });

    test("a mute until the flow changes ends with another version, and does not come back with the former", async () => {
      const { id } = await flow("changes");
      await insert(parked("known", { flow: id }));
      const { fingerprint = "" } = (await causesOf("changes")).get("known") ?? {};
      const deploy = (hash: string) =>
        store.transaction((tx) => tx.flows.deploy("changes", hash, { "flow.yaml": hash }, [], T0));
      const mute = { flow: id, route: null, fingerprint, by: "ada", at: T0 };
      await store.transaction((tx) => tx.mutes.set({ ...mute, until: null }));
      await deploy("hash-changes");
      expect(await needing("changes", T0 + 1000 * HOUR)).toEqual([1, 0]);
      await deploy("hash-2");
      expect(await needing("changes", T0)).toEqual([1, 1]);
      await deploy("hash-changes");
      expect(await needing("changes", T0)).toEqual([1, 1]);
      // One that lasts until a time does not care, and takes the place of another.
      await store.transaction(async (tx) => {
        await tx.mutes.set({ ...mute, until: null });
        await tx.mutes.set({ ...mute, until: T0 + HOUR });
      });
      await deploy("hash-2");
      expect(await needing("changes", T0)).toEqual([1, 0]);
      expect(await needing("changes", T0 + HOUR)).toEqual([1, 1]);
    });

    test("what is muted on one route is not on another, nor among the flow's own messages", async () => {
      const { id, route } = await flow("on-route");
      const [place] = await insert(
        message({ flow: id, state: "done", outcomes: { "crm.customer": "applied" } }),
        parked("status 422 of order 7", { flow: id }),
      );
      await store.transaction(async (tx) => {
        await tx.deliveries.insert([
          {
            ...{ message: place, flow: id, route, lane: 0, key: "a", version: null, replay: 0 },
            ...{ allowStale: false, body: Buffer.from("{}"), createdAt: T0, file: null },
          },
        ]);
        const [one] = await tx.deliveries.queued(route, 0, 10);
        await tx.deliveries.change([delivered(one?.id ?? 0, "parked")]);
      });
      const group = (await groupsOf("on-route")).find(({ to }) => to === "shop.order");
      const { fingerprint } = group!.cause;
      await store.transaction((tx) =>
        tx.mutes.set({ flow: id, route, fingerprint, until: T0 + HOUR, by: "ada", at: T0 }),
      );
      expect(await needing("on-route", T0, "shop.order")).toEqual([1, 0]);
      expect(await needing("on-route", T0)).toEqual([1, 1]);
    });

    test("a flow that nobody knows has no groups, and says so", async () => {
      await expect(groupsOf("nobody")).rejects.toMatchObject({ code: "TL_NOT_FOUND" });
    });
  });
}

function delivered(id: number, state: "parked" | "done") {
  const isDone = state === "done";
  return {
    ...{ id, state, attempts: 1, nextAt: null, outcome: isDone ? ("applied" as const) : null, answer: null },
    ...{ failure: isDone ? null : failure("status 422 of order 7"), at: T0 },
  };
}

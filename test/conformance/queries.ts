import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Failure } from "../../src/errors.ts";
import { laneOf } from "../../src/message/lane.ts";
import { OUTCOMES, STATES, type State } from "../../src/message/outcome.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import type { MessageDetail, MessageFilter, MessageSummary, Queries } from "../../src/store/queries.ts";
import type { Store } from "../../src/store/store.ts";

/** The read port under test, on a store that is empty when it is opened. */
export interface QueriesUnderTest {
  readonly store: Store;
  readonly queries: Queries;
  dispose(): Promise<void>;
}

/** Acceptance of the first message. */
export const T0 = Date.UTC(2027, 2, 1, 12);
const FLOWS = ["erp", "web", "pbx"];
const CODES = ["TL_EMITS_FAILED", "TL_MAPPING_FAILED"] as const;
const COUNT = 1500;
/** When those ended that took their time, long after all others. */
const LATE = T0 + 5 * 3_600_000;

function failure(code: Failure["code"]): Failure {
  return { code, message: "it broke", place: { field: "/name" } };
}

/** A spread of every state, outcome and code over flows, keys and files; the last are a long row of finished ones. */
function message(index: number): NewMessage {
  const flow = (index % FLOWS.length) + 1;
  const odd = index < COUNT - 300 && index % 37 === 0;
  const state: State = odd ? (["parked", "held", "waiting", "queued"] as const)[(index / 37) % 4]! : "done";
  const rejected = state === "done" && index % 55 === 0;
  const code = CODES[index % 2]!;
  return {
    flow,
    flowVersion: flow,
    lane: laneOf(String(index)),
    key: `k${index % 500}`,
    system: "erp",
    acceptedAt: T0 + index * 1000,
    body: index % 5 === 0 ? null : Buffer.from(JSON.stringify({ index })),
    contentType: "application/json",
    headers: null,
    event: null,
    slice:
      index % 5 === 0 ? { file: flow, row: index, line: index + 1, offset: index * 10, length: 10 } : null,
    cause: null,
    hops: 0,
    traceparent: null,
    state,
    ...(state === "done" ? { outcomes: rejected ? { "crm.customer": "rejected" } : outcomesOf(index) } : {}),
    ...(state === "parked" || state === "waiting" || rejected ? { failure: failure(code) } : {}),
    ...(state === "waiting" ? { nextAt: T0 + 1e9 } : {}),
  };
}

/** `*`: on all routes alike. */
function outcomesOf(index: number): Readonly<Record<string, string>> {
  if (index % 101 === 100) return { "*": "superseded" };
  return { "crm.customer": index % 3 === 0 ? "unchanged" : "applied" };
}

/** When a message ended, as far as it did by itself. */
function endedAt(index: number): number | null {
  const { state, failure: failed, acceptedAt } = message(index);
  if (state !== "done") return null;
  return index % 41 === 0 && failed === undefined ? LATE : acceptedAt;
}

/** Fills an empty store with something of everything that is asked for. */
export async function fillForQueries(store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    for (const name of FLOWS)
      await tx.flows.deploy(
        name,
        `hash-${name}`,
        { "flow.yaml": "x" },
        ["crm.customer", "billing.customer"],
        T0,
      );
    for (const [index, name] of FLOWS.entries()) {
      await tx.files.insert({
        flow: index + 1,
        flowVersion: index + 1,
        name: `${name}.csv`,
        size: 10,
        sha256: "00",
        archive: "a",
        text: "t",
        state: "running",
        textSize: 1000,
        failure: null,
        duplicateOf: null,
        modified: T0,
        startedAt: T0,
      });
    }
    const [toCrm] = await tx.flows.routes();
    if (toCrm === undefined) throw new Error("no route");
    for (const slot of [1, 2, 3]) {
      const bundle = {
        flow: toCrm.flow,
        route: toCrm.id,
        slot: T0 + slot * 60_000,
        closes: true,
        startedAt: T0,
      };
      const begun = await tx.bundles.begin(bundle);
      if (begun === undefined) throw new Error("the slot is closed");
      await tx.bundles.change({
        ...begun,
        rows: slot,
        state: slot === 3 ? "fixed" : "done",
        answer: `f${slot}`,
      });
    }
    const places = await tx.messages.insert(Array.from({ length: COUNT }, (_, index) => message(index)));
    await tx.messages.change(
      places
        .filter((place) => endedAt(place - 1) === LATE)
        .map((place) => ({
          ...{ place, state: "done", attempts: 0, nextAt: null, failure: null, at: LATE },
          outcomes: message(place - 1).outcomes ?? null,
        })),
    );
    const routes = await tx.flows.routes();
    const billing = (flow: number) =>
      routes.find((route) => route.flow === flow && route.to === "billing.customer")!.id;
    const sent = places.filter((_, index) => index % 7 === 0 && message(index).state === "done");
    await tx.deliveries.insert(
      sent.map((place) => {
        const flow = message(place - 1).flow;
        return {
          message: place,
          flow,
          route: billing(flow),
          lane: 0,
          key: `k${(place - 1) % 500}`,
          version: null,
          replay: 0,
          allowStale: false,
          body: Buffer.from("{}"),
          createdAt: T0,
          file: null,
        };
      }),
    );
    await tx.deliveries.change(
      sent.map((_, index) => {
        const state = index % 11 === 0 ? STATES[index % 5]! : "done";
        return {
          id: index + 1,
          state,
          attempts: 1,
          nextAt: state === "waiting" ? T0 + 1e9 : null,
          outcome: state === "done" ? ("applied" as const) : null,
          failure: state === "parked" || state === "waiting" ? failure("TL_TARGET_REFUSED") : null,
          answer: state === "done" ? "200" : null,
          at: index % 13 === 0 ? LATE : T0,
        };
      }),
    );
    await tx.deliveries.attempts([
      {
        ...{ delivery: 1, attempt: 1, startedAt: T0 + 1, endedAt: T0 + 2, code: "TL_TARGET_BUSY" },
        ...{ answer: "503", exchange: null },
      },
    ]);
    await tx.messages.trail([{ message: 1, at: T0 + 5, step: "mapped", detail: null }]);
    await tx.slots.take(1, T0, "running", T0, null);
    await tx.slots.take(1, T0 + 60_000, "running", T0, null);
    for (let index = 0; index < 5; index++) {
      await tx.audit.add({
        at: T0 + index,
        actor: "cli",
        act: "pause",
        target: "erp",
        detail: null,
        reason: null,
      });
    }
    await tx.tallies.add(T0 - 86_400_000, [
      { flow: 1, route: 0, outcome: "accepted", n: 10 },
      { flow: 1, route: 1, outcome: "applied", n: 7 },
    ]);
    await tx.tallies.add(T0, [
      { flow: 1, route: 0, outcome: "accepted", n: 5 },
      { flow: 1, route: 0, outcome: "duplicate", n: 2 },
      { flow: 1, route: 1, outcome: "applied", n: 3 },
      { flow: 1, route: 1, outcome: "parked", n: 1 },
    ]);
    // In the same hour, yet not in the same minute.
    await tx.tallies.add(T0 + 7 * 60_000, [{ flow: 1, route: 1, outcome: "applied", n: 1 }]);
    await tx.messages.block(-1, "k0", 38, T0);
  });
}

async function allOf(reader: Queries, filter: MessageFilter, limit: number): Promise<MessageSummary[]> {
  const found: MessageSummary[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<Queries["messages"]>> = await reader.messages(filter, { before, limit });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    before = page.next;
  } while (before !== null);
  return found;
}

/** The same question answered by looking at everything: the filter's meaning, without an index or a cursor. */
function expected(everything: readonly MessageDetail[], filter: MessageFilter): number[] {
  return everything
    .filter(
      (one) =>
        (filter.flow === undefined || one.flow === filter.flow) &&
        (filter.key === undefined || one.key === filter.key) &&
        (filter.file === undefined || one.file === filter.file) &&
        (filter.since === undefined || one.acceptedAt >= filter.since) &&
        (filter.until === undefined || one.acceptedAt <= filter.until) &&
        (filter.code === undefined ||
          [one, ...one.deliveries].some(({ failure: failed }) => failed?.code === filter.code)) &&
        isInState(one, filter) &&
        hasEnded(one, filter),
    )
    .map((one) => one.place)
    .sort((a, b) => b - a);
}

function isInState(one: MessageDetail, { state, to }: MessageFilter): boolean {
  if (state === undefined) return true;
  const sent = one.deliveries.filter((delivery) => to === undefined || delivery.to === to);
  const states = [...(to === undefined ? [one.ownState] : []), ...sent.map((delivery) => delivery.state)];
  if (state === "done") return one.state === "done";
  return state === "open" ? states.some((is) => is !== "done") : states.includes(state);
}

function hasEnded(one: MessageDetail, { to, outcomes, endedSince, state }: MessageFilter): boolean {
  const index = one.place - 1;
  const own = Object.entries(message(index).outcomes ?? {}).map(([route, outcome]) => ({
    ...{ route, outcome: outcome as string | null, at: endedAt(index) },
  }));
  const sent = one.deliveries.map(({ to: route, outcome, finishedAt }) => ({
    route,
    outcome,
    at: finishedAt,
  }));
  const there = [...own, ...sent].filter(({ route }) => to === undefined || route === to || route === "*");
  if (outcomes === undefined && endedSince === undefined)
    return to === undefined || (state !== undefined && state !== "done") || there.length > 0;
  return there.some(
    ({ outcome, at }) =>
      outcome !== null &&
      (outcomes === undefined || outcomes.some((wanted) => wanted === outcome)) &&
      (endedSince === undefined || (at ?? 0) >= endedSince),
  );
}

/** Every combination of two conditions and all the single ones. */
export function combinations(): MessageFilter[] {
  const single: MessageFilter[] = [
    { flow: "web" },
    { key: "k37" },
    { file: 2 },
    ...STATES.map((state) => ({ state })),
    { state: "open" },
    ...OUTCOMES.map((outcome) => ({ outcomes: [outcome] })),
    { outcomes: ["unchanged", "superseded", "filtered"] },
    { to: "crm.customer" },
    { to: "billing.customer" },
    { endedSince: T0 + 1_000_000 },
    ...CODES.map((code) => ({ code })),
    { code: "TL_TARGET_REFUSED" },
    { since: T0 + 300_000 },
    { until: T0 + 1_200_000 },
  ];
  const pairs = single.flatMap((a, index) =>
    single.slice(index + 1).flatMap((b) => (Object.keys(a)[0] === Object.keys(b)[0] ? [] : [{ ...a, ...b }])),
  );
  return [
    {},
    ...single,
    ...pairs,
    ...["crm.customer", "billing.customer"].flatMap((to): MessageFilter[] => [
      { flow: "web", to, state: "open" },
      { flow: "web", to, outcomes: ["applied"], endedSince: T0 + 1_400_000 },
      { flow: "erp", to, outcomes: ["unchanged", "superseded"], endedSince: T0 + 9_000_000 },
    ]),
    { flow: "erp", state: "parked", since: T0 + 100_000, until: T0 + 1_000_000, code: "TL_EMITS_FAILED" },
  ];
}

/** The promises of the read port; every technology runs the same cases. */
export function describeQueries(name: string, open: () => Promise<QueriesUnderTest>): void {
  describe(`queries: ${name}`, () => {
    let under: QueriesUnderTest;
    let store: Store;
    let queries: Queries;

    beforeAll(async () => {
      under = await open();
      ({ store, queries } = under);
      await fillForQueries(store);
    });

    afterAll(() => under.dispose());

    test("every filter finds exactly what it says, whatever the size of the pages", async () => {
      const everything = await allOf(queries, {}, 500);
      expect(everything.map((one) => one.place)).toEqual(
        Array.from({ length: COUNT }, (_, index) => COUNT - index),
      );
      const details: MessageDetail[] = [];
      for (const one of everything) details.push((await queries.message(one.place))!);
      for (const filter of combinations()) {
        const wanted = expected(details, filter);
        for (const limit of Object.keys(filter).length < 2 ? [7, 40, 500] : [150]) {
          const found = (await allOf(queries, filter, limit)).map((one) => one.place);
          expect(found, JSON.stringify(filter)).toEqual(wanted);
        }
      }
    }, 120_000);

    test("books add up a flow's own part of the tally, and balance", async () => {
      const books = await queries.books("erp", T0 - 3_600_000, T0 + 3_600_000);
      expect(books).toMatchObject({ accepted: 5, duplicate: 2, refused: 0 });
      expect(books.routes[0]).toEqual({
        to: "crm.customer",
        opening: 3,
        in: 5,
        outcomes: { applied: 4, parked: 1 },
        closing: 3,
      });
    });

    test("books are the same once days that are over are summed, also when they are summed again", async () => {
      const asked = [-86_400_000 - 60_000, -60_000, 0, 86_400_000].map((from) => [
        T0 + from,
        T0 + 2 * 86_400_000,
      ]);
      const books = () => Promise.all(asked.map(([from, to]) => queries.books("erp", from!, to!)));
      const before = await books();
      const sum = (now: number) => store.transaction((tx) => tx.tallies.sumDays(now));
      expect(await sum(T0 + 86_400_000)).toBe(true);
      expect(await sum(T0 + 86_400_000)).toBe(false);
      expect(await books()).toEqual(before);
      while (await sum(T0 + 90 * 86_400_000)) expect(await books()).toEqual(before);
      expect(await books()).toEqual(before);
    });

    test("traffic is counted by flow, outcome and span, from a minute on", async () => {
      const { traffic } = queries;
      const day = await traffic(T0 - 3_600_000, 60);
      const mine = day.filter((one) => one.flow === "erp");
      expect([...mine].sort((a, b) => (a.outcome < b.outcome ? -1 : 1))).toEqual([
        { flow: "erp", to: null, outcome: "accepted", at: T0, n: 5 },
        { flow: "erp", to: "crm.customer", outcome: "applied", at: T0, n: 4 },
        { flow: "erp", to: null, outcome: "duplicate", at: T0, n: 2 },
        { flow: "erp", to: "crm.customer", outcome: "parked", at: T0, n: 1 },
      ]);
      const more = await traffic(T0 - 2 * 86_400_000, 1440);
      const accepted = more.filter((one) => one.flow === "erp" && one.outcome === "accepted");
      expect(accepted.map((one) => one.n).sort((a, b) => a - b)).toEqual([5, 10]);
      expect((await traffic(T0 + 86_400_000, 60)).filter((one) => one.flow === "erp")).toEqual([]);
    });

    test("what is not done is counted as its list shows it, of flows and of routes", async () => {
      for (const { flow, to, open: unfinished, parked } of await queries.unfinished()) {
        const route = to === null ? {} : { to };
        for (const [state, n] of Object.entries({ open: unfinished, parked })) {
          const listed = await allOf(queries, { flow, ...route, state: state as "open" | "parked" }, 500);
          expect([flow, to, state, n]).toEqual([flow, to, state, listed.length]);
        }
      }
      const counted = await queries.unfinished();
      expect(counted.map(({ flow, to }) => `${flow} ${to}`).sort()).toEqual(
        FLOWS.flatMap((flow) =>
          ["billing.customer", "crm.customer", "null"].map((to) => `${flow} ${to}`),
        ).sort(),
      );
      expect(counted.filter(({ open: unfinished }) => unfinished > 0).length).toBeGreaterThan(4);
    });

    test("a delivery shows what it sends, and of a long one the beginning", async () => {
      const [first] = (await allOf(queries, { code: "TL_TARGET_REFUSED" }, 10)).slice(-1);
      const detail = await queries.message(first!.place);
      const { id } = detail!.deliveries[0]!;
      const whole = await queries.deliveryBody(id, 100);
      expect(whole).toMatchObject({ message: first!.place, size: 2 });
      expect(Buffer.from(whole!.body).toString()).toBe("{}");
      expect(Buffer.from((await queries.deliveryBody(id, 1))!.body).toString()).toBe("{");
      expect(await queries.deliveryBody(1_000_000, 100)).toBeUndefined();
    });

    test("a message shows its deliveries, tries, trail, version and what stands in its way", async () => {
      const first = await queries.message(1);
      expect(first).toMatchObject({
        flow: "erp",
        key: "k0",
        ownState: "parked",
        system: "erp",
        fileName: "erp.csv",
        blockedBy: 38,
        version: { hash: "hash-erp" },
      });
      expect(first?.trail).toEqual([{ message: 1, at: T0 + 5, step: "mapped", detail: null }]);
      const withDelivery = (await allOf(queries, { code: "TL_TARGET_REFUSED" }, 10)).at(-1)!;
      const detail = await queries.message(withDelivery.place);
      expect(detail?.deliveries[0]).toMatchObject({
        to: "billing.customer",
        failure: { code: "TL_TARGET_REFUSED" },
      });
      expect(await queries.message(COUNT + 1)).toBeUndefined();
    });

    test("a message tells how many of its key wait before and after it", async () => {
      await store.transaction(async (tx) => {
        const one = { ...message(3), key: "busy", state: "held" as const, slice: null };
        await tx.messages.insert([one, one, one, { ...one, flow: 2 }]);
      });
      expect(await queries.message(COUNT + 2)).toMatchObject({ waitsBehind: 1, blocks: 1 });
      expect(await queries.message(COUNT + 4)).toMatchObject({ waitsBehind: 0, blocks: 0 });
    });

    test("raw gives the bytes as received, or where they lie in their file", async () => {
      expect(await queries.raw(2, null)).toMatchObject({ size: 11, body: Buffer.from('{"index":1}') });
      expect(await queries.raw(2, 4)).toMatchObject({ size: 11, body: Buffer.from('{"in') });
      expect(await queries.raw(6, null)).toMatchObject({
        size: 10,
        text: "t",
        slice: { file: 3, row: 5, offset: 50 },
      });
      expect(await queries.raw(99_999, null)).toBeUndefined();
    });

    test("files, slots and audit go page by page", async () => {
      expect((await queries.files({}, { before: null, limit: 2 })).items.map((file) => file.name)).toEqual([
        "pbx.csv",
        "web.csv",
      ]);
      expect((await queries.files({}, { before: 2, limit: 2 })).items.map((file) => file.name)).toEqual([
        "erp.csv",
      ]);
      expect(
        (await queries.files({ flow: "web", state: "running" }, { before: null, limit: 2 })).items,
      ).toHaveLength(1);
      for (const [since, names] of [
        [T0, ["pbx.csv", "web.csv", "erp.csv"]],
        [T0 + 1, []],
      ] as const) {
        const found = await queries.files({ since }, { before: null, limit: 5 });
        expect(found.items.map((file) => file.name)).toEqual(names);
      }
      const first = await queries.bundles({}, { before: null, limit: 2 });
      expect(first.items.map(({ answer }) => answer)).toEqual(["f3", "f2"]);
      expect(first.items[0]).toMatchObject({ to: "crm.customer", state: "fixed", rows: 3, part: 1 });
      const rest = await queries.bundles({}, { before: first.next, limit: 2 });
      expect(rest).toMatchObject({ items: [{ answer: "f1" }], next: null });
      const [fixed] = first.items;
      const ofFlow = { flow: fixed?.flow ?? "", state: "fixed" as const };
      expect((await queries.bundles(ofFlow, { before: null, limit: 5 })).items).toEqual([fixed]);
      await expect(queries.bundles({ flow: "none" }, { before: null, limit: 1 })).rejects.toMatchObject({
        code: "TL_NOT_FOUND",
      });
      const slots = await queries.slots("erp", { before: null, limit: 1 });
      expect(slots).toMatchObject({ items: [{ at: T0 + 60_000 }], next: T0 + 60_000 });
      const audit = await queries.audit({ before: null, limit: 3 });
      expect(audit.items.map((entry) => entry.id)).toEqual([5, 4, 3]);
      expect((await queries.audit({ before: audit.next, limit: 3 })).items.map((entry) => entry.id)).toEqual([
        2, 1,
      ]);
    });

    test("files are added up by flow, those begun since a time", async () => {
      const books = { "crm.customer": { applied: 3, rejected: 1 }, "billing.customer": { waiting: 4 } };
      await store.transaction(async (tx) => {
        await tx.files.checkpoint(1, { rows: 4, offset: 40, context: null, books });
        const one = (await tx.files.get(1))!;
        const later = await tx.files.insert({ ...one, startedAt: T0 + 1000 });
        await tx.files.checkpoint(later, {
          ...{ rows: 2, offset: 20, context: null },
          books: { "crm.customer": { applied: 2 } },
        });
      });
      const none = { files: 0, rows: 0, books: {} };
      expect(await queries.fileTotals(T0)).toEqual([
        {
          ...{ flow: "erp", files: 2, rows: 6 },
          books: { "crm.customer": { applied: 5, rejected: 1 }, "billing.customer": { waiting: 4 } },
        },
        { flow: "web", files: 1, rows: 0, books: {} },
        { flow: "pbx", files: 1, rows: 0, books: {} },
      ]);
      expect(await queries.fileTotals(T0 + 1000)).toEqual([
        { flow: "erp", files: 1, rows: 2, books: { "crm.customer": { applied: 2 } } },
        { flow: "web", ...none },
        { flow: "pbx", ...none },
      ]);
      const newest = await queries.files({ flow: "erp", since: T0 + 1000 }, { before: null, limit: 5 });
      expect(newest.items.map(({ id }) => id)).toEqual([4]);
    });

    test("rejected rows come by row number with place and code", async () => {
      const rows = (await queries.rejects(1, { before: null, limit: 500 })).items;
      expect(rows.length).toBeGreaterThan(2);
      expect(rows.map((row) => row.slice.row)).toEqual(
        [...rows.map((row) => row.slice.row)].sort((a, b) => a - b),
      );
      const second = await queries.rejects(1, { before: rows[0]!.slice.row, limit: 1 });
      expect(second.items[0]).toEqual(rows[1]);
    });

    test("the queue is told by how it spreads over the lanes", async () => {
      const queued = Array.from({ length: COUNT }, (_, index) => message(index)).filter(
        ({ state }) => state === "queued",
      );
      const counts = new Map<number, number>();
      for (const { lane } of queued) counts.set(lane, (counts.get(lane) ?? 0) + 1);
      expect(counts.size).toBeGreaterThan(3);
      expect(await queries.queuedLanes()).toEqual({ lanes: counts.size, most: Math.max(...counts.values()) });
    });

    test("versions of a flow are told newest first, with their texts and the one in force", async () => {
      const newer = await store.transaction((tx) =>
        tx.flows.deploy("web", "hash-2", { "flow.yaml": "y" }, [], T0 + 5),
      );
      await store.transaction((tx) => tx.flows.deploy("web", "hash-web", { "flow.yaml": "x" }, [], T0 + 6));
      expect(await queries.versions("web")).toEqual([
        { id: newer.id, hash: "hash-2", deployedAt: T0 + 5, inForce: false },
        { id: 2, hash: "hash-web", deployedAt: T0, inForce: true },
      ]);
      expect(await queries.texts("web", "hash-2")).toEqual({ "flow.yaml": "y" });
      expect(await queries.texts("erp", "hash-2")).toBeUndefined();
      await expect(queries.versions("nobody")).rejects.toThrow("there is no flow of this name");
    });

    test("what waits is told by flow and by route: the oldest to be worked on, and how many are parked", async () => {
      const messages = Array.from({ length: COUNT }, (_, index) => message(index));
      const sent = messages.filter((one, index) => index % 7 === 0 && one.state === "done");
      const sentStates = sent.map((_, index) => (index % 11 === 0 ? STATES[index % 5]! : "done"));
      const isOpen = (state: State | undefined): boolean => state === "queued" || state === "waiting";
      const expected = FLOWS.flatMap((name, index) => {
        const mine = messages.filter((one) => one.flow === index + 1);
        const states = sentStates.filter((_, at) => sent[at]!.flow === index + 1);
        return [
          {
            flow: name,
            to: null,
            oldest: mine.find((one) => isOpen(one.state))?.acceptedAt ?? null,
            parked: mine.filter((one) => one.state === "parked").length,
            unmuted: mine.filter((one) => one.state === "parked").length,
          },
          {
            flow: name,
            to: "billing.customer",
            oldest: states.some(isOpen) ? T0 : null,
            parked: states.filter((state) => state === "parked").length,
            unmuted: states.filter((state) => state === "parked").length,
          },
        ];
      });
      expect(expected.filter((one) => one.oldest !== null && one.parked > 0).length).toBeGreaterThan(1);
      const byName = (one: { readonly flow: string; readonly to: string | null }): string =>
        `${one.flow} ${one.to}`;
      const sorted = [...(await queries.pending(T0))].sort((a, b) => (byName(a) < byName(b) ? -1 : 1));
      expect(sorted).toEqual(expected.sort((a, b) => (byName(a) < byName(b) ? -1 : 1)));
    });

    test("an unknown flow or route is said to be unknown", async () => {
      for (const filter of [{ flow: "nobody" }, { to: "crm.nothing" }, { flow: "web", to: "crm.nothing" }])
        await expect(queries.messages(filter, { before: null, limit: 1 })).rejects.toMatchObject({
          code: "TL_NOT_FOUND",
        });
    });
  });
}

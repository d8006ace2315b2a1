import type { Failure } from "../../src/errors.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import type { Tx } from "../../src/store/store.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { delivery, file, HOUR, message, NOW } from "./rows.ts";

/** Before the span that the overview counts. */
const LONG_AGO = NOW - 40 * HOUR;
const FLOWS = ["orders", "customers"];
const ROUTES = ["crm.customer", "billing.invoice"];

/** Ids of the messages that each number counts, by what they have in common. */
export type Ids = Readonly<Record<keyof typeof GROUPS, readonly string[]>>;

/** The file whose rejected rows are messages. */
const FILE = 2;

/** In the order they were accepted; each number differs from all others that could be taken for it. */
const GROUPS = {
  longAgo: many(2, { ...ended("applied"), acceptedAt: LONG_AGO }),
  late: many(1, { state: "parked", acceptedAt: LONG_AGO }),
  applied: many(9, ended("applied")),
  unchanged: many(4, ended("unchanged")),
  filtered: many(2, ended("filtered")),
  stale: many(1, ended("stale")),
  noCity: many(5, { state: "parked", failure: failure("city") }),
  noZip: many(3, { state: "parked", failure: failure("zip") }),
  queued: many(2, { state: "queued" }),
  held: many(2, { state: "held" }),
  waiting: many(1, { state: "waiting", nextAt: NOW + HOUR }),
  rows: Array.from({ length: 6 }, (_, row) =>
    message({
      ...{ flow: 2, key: `r${row}`, body: null, contentType: null },
      ...{ ...ended("rejected"), failure: failure("name") },
      slice: { file: FILE, row, line: row + 1, offset: 0, length: 6 },
    }),
  ),
  now: many(1, { ...ended("applied"), acceptedAt: NOW }),
};

function many(n: number, change: Partial<NewMessage>): readonly NewMessage[] {
  return Array.from({ length: n }, (_, at) => message({ key: `k${at % 3}`, ...change }));
}

function ended(outcome: string): Partial<NewMessage> {
  return { state: "done", outcomes: { "crm.customer": outcome } };
}

function failure(field: string): Failure {
  return { code: "TL_ACCEPTS_FAILED", message: `no ${field}`, place: { field: `/${field}` } };
}

/** A hub whose counts are those of its messages and files, and which they are. */
export async function openCounted(): Promise<{ readonly bench: Bench; readonly ids: Ids }> {
  const bench = await openBench({
    entries: FLOWS.map((name, index) => ({
      definition: flowDefinition(name),
      status: flowStatus(index + 1, name, {
        routes: ROUTES.map((to) => ({ to, stopped: null, waitingUntil: null, open: 0 })),
      }),
    })),
  });
  const ids = await bench.store.transaction(async (tx) => {
    for (const name of FLOWS) await tx.flows.deploy(name, name.padEnd(64, "0"), {}, ROUTES, NOW);
    await seedFiles(tx);
    const places = await seedMessages(tx);
    await seedDeliveries(tx, places);
    await tally(tx);
    return Object.fromEntries(
      Object.entries(places).map(([name, all]) => [name, all.map((place) => `m-${place}`)]),
    ) as unknown as Ids;
  });
  return { bench, ids };
}

type Places = Readonly<Record<keyof typeof GROUPS, readonly number[]>>;

async function seedMessages(tx: Tx): Promise<Places> {
  const places: Record<string, readonly number[]> = {};
  for (const [name, messages] of Object.entries(GROUPS)) places[name] = await tx.messages.insert(messages);
  await tx.messages.change(
    (places["late"] ?? []).map((place) => ({
      ...{ place, state: "done", attempts: 2, nextAt: null, failure: null, at: NOW - HOUR },
      outcomes: { "crm.customer": "applied" },
    })),
  );
  return places as Places;
}

/** Sent: three that were applied and one long ago; one is parked, and one waits twice, as after a replay. */
async function seedDeliveries(tx: Tx, { applied, longAgo }: Places): Promise<void> {
  const billing = (await tx.flows.routes()).find(({ to }) => to === "billing.invoice")?.id ?? 0;
  const [a, b, c, parked, twice] = applied as [number, number, number, number, number];
  await tx.deliveries.insert([
    delivery(longAgo[0] ?? 0, billing, { createdAt: LONG_AGO }),
    ...[a, b, c, parked, twice].map((place) => delivery(place, billing)),
    delivery(twice, billing, { replay: 1 }),
  ]);
  await tx.deliveries.change(
    [1, 2, 3, 4, 5].map((id) => ({
      ...{ id, attempts: 1, nextAt: null, answer: null, at: NOW - HOUR },
      ...(id === 5
        ? { state: "parked", outcome: null, failure: failure("iban") }
        : { state: "done", outcome: "applied", failure: null }),
    })),
  );
}

/** One from before the span, and one in it. */
async function seedFiles(tx: Tx): Promise<void> {
  const old = await tx.files.insert(file({ flow: 2, startedAt: LONG_AGO }));
  await tx.files.checkpoint(old, {
    ...{ rows: 7, offset: 70, context: null },
    books: { "crm.customer": { applied: 7 } },
  });
  const id = await tx.files.insert(file({ flow: 2 }));
  await tx.files.checkpoint(id, {
    ...{ rows: 49, offset: 2400, context: null },
    books: { "crm.customer": { applied: 40, unchanged: 3, rejected: 6 } },
  });
}

/** As the engine would have counted all this. */
async function tally(tx: Tx): Promise<void> {
  const crm = { applied: 10, unchanged: 4, filtered: 2, stale: 1, parked: 8 };
  await tx.tallies.add(NOW - HOUR, [
    { flow: 1, route: 0, outcome: "accepted", n: 29 },
    { flow: 1, route: 0, outcome: "duplicate", n: 17 },
    ...Object.entries(crm).map(([outcome, n]) => ({ flow: 1, route: 1, outcome, n })),
    { flow: 1, route: 2, outcome: "applied", n: 4 },
    { flow: 1, route: 2, outcome: "parked", n: 1 },
    { flow: 2, route: 0, outcome: "accepted", n: 49 },
    { flow: 2, route: 3, outcome: "applied", n: 40 },
  ]);
  await tx.tallies.add(NOW, [
    { flow: 1, route: 0, outcome: "accepted", n: 1 },
    { flow: 1, route: 1, outcome: "applied", n: 1 },
  ]);
  await tx.tallies.add(LONG_AGO, [
    { flow: 1, route: 0, outcome: "accepted", n: 3 },
    { flow: 1, route: 1, outcome: "applied", n: 2 },
  ]);
}

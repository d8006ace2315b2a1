import { expect, test } from "vitest";
import { wrongsOf } from "../../src/alert/wrongs.ts";
import type { Traffic } from "../../src/store/queries.ts";
import { flowStatus } from "../api/setup.ts";
import { look, MINUTE, rule, T0 } from "./setup.ts";

const counted = (flow: string, outcome: string, n: number): Traffic => ({
  flow,
  to: null,
  outcome,
  at: T0,
  n,
});

test("a flow is silent when nothing of its own came, be it a duplicate", async () => {
  const silence = rule({ when: "silence", flow: "orders", for: 30 * MINUTE });
  const after = (...traffic: readonly Traffic[]) => wrongsOf(silence, look({ traffic: async () => traffic }));
  expect(await after(counted("calls", "accepted", 9), counted("orders", "applied", 2))).toEqual([
    { subject: "orders", detail: "no message came for 30 min" },
  ]);
  expect(await after(counted("orders", "accepted", 1))).toEqual([]);
  expect(await after(counted("orders", "duplicate", 1))).toEqual([]);
});

test("what has waited longer than it may is told by flow and by route", async () => {
  const age = rule({ when: "age", for: 15 * MINUTE });
  const pending = [
    { flow: "orders", to: null, oldest: T0 - 16 * MINUTE, parked: 0, unmuted: 0 },
    { flow: "orders", to: "crm.customer", oldest: T0 - 15 * MINUTE, parked: 0, unmuted: 0 },
    { flow: "calls", to: "billing.call", oldest: T0 - 120 * MINUTE, parked: 0, unmuted: 0 },
    { flow: "calls", to: null, oldest: null, parked: 0, unmuted: 0 },
  ];
  const of = (flow: string | null) => wrongsOf({ ...age, flow }, look({ pending }));
  expect((await of(null)).map((one) => one.subject)).toEqual(["orders", "calls to billing.call"]);
  expect(await of("calls")).toEqual([
    { subject: "calls to billing.call", detail: "the oldest that waits has waited 2 h" },
  ]);
});

test("what a route collects may wait for its time, but not for a system that does not take it", async () => {
  const age = rule({ when: "age", for: 15 * MINUTE });
  const pending = [{ flow: "calls", to: "erp.calls", oldest: T0 - 120 * MINUTE, parked: 0, unmuted: 0 }];
  const subjects = async (waitingUntil: number | null): Promise<readonly string[]> => {
    const route = { to: "erp.calls", stopped: null, waitingUntil, open: 3, collects: true as const };
    const flows = [{ ...flowStatus(2, "calls"), routes: [route] }];
    return (await wrongsOf(age, look({ pending }, { flows }))).map(({ subject }) => subject);
  };
  expect(await subjects(null)).toEqual([]);
  expect(await subjects(T0 + MINUTE)).toEqual(["calls to erp.calls"]);
});

test("parked and waiting messages count when there are more than the rule allows, but for what is muted", async () => {
  const pending = [{ flow: "orders", to: null, oldest: null, parked: 3, unmuted: 3 }];
  const parked = (above: number) => wrongsOf(rule({ when: "parked", above }), look({ pending }));
  expect(await parked(3)).toEqual([]);
  expect(await parked(2)).toMatchObject([{ subject: "orders" }]);
  const known = [{ flow: "orders", to: null, oldest: null, parked: 3, unmuted: 0 }];
  expect(await wrongsOf(rule({ when: "parked" }), look({ pending: known }))).toEqual([]);
  const flows = [flowStatus(1, "orders", { open: 11 }), flowStatus(2, "calls", { open: 10 })];
  expect(await wrongsOf(rule({ when: "backlog", above: 10 }), look({}, { flows }))).toEqual([
    { subject: "orders", detail: "11 wait" },
  ]);
});

test("the error rate is the share of what ended, not of what came", async () => {
  const rate = rule({ when: "error-rate", above: 0.05, for: 60 * MINUTE });
  const with_ = (...traffic: readonly Traffic[]) => wrongsOf(rate, look({ traffic: async () => traffic }));
  expect(
    await with_(
      counted("orders", "accepted", 10_000),
      counted("orders", "applied", 94),
      counted("orders", "parked", 6),
    ),
  ).toEqual([{ subject: "orders", detail: "6 of 100 (6 %) failed in 60 min" }]);
  expect(await with_(counted("orders", "applied", 95), counted("orders", "rejected", 5))).toEqual([]);
  expect(await with_(counted("orders", "parked", -2))).toEqual([]);
});

test("stopped routes, open breakers, a full disk and missed slots are each told of", async () => {
  const routes = [{ to: "crm.customer", stopped: "status 401", waitingUntil: null, open: 2 }];
  const flows = [flowStatus(1, "orders", { routes, nextSlot: T0 + MINUTE }), flowStatus(2, "calls")];
  const gate = { opensIn: 1, failures: 5, recent: null };
  const hub = look(
    { lastSlot: async () => ({ at: T0, state: "skipped" }) },
    {
      flows,
      diskLow: true,
      gates: { erp: { ...gate, breaker: "open" }, web: { ...gate, breaker: "closed" } },
    },
  );
  const subjects = async (when: Parameters<typeof rule>[0]["when"]) =>
    (await wrongsOf(rule({ when }), hub)).map((one) => one.subject);
  expect(await subjects("stopped")).toEqual(["orders to crm.customer"]);
  expect(await subjects("breaker")).toEqual(["erp"]);
  expect(await subjects("disk")).toEqual(["hub"]);
  expect(await subjects("slot-missed")).toEqual(["orders"]);
});

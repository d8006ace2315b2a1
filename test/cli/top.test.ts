import { describe, expect, it } from "vitest";
import { parseMetrics } from "../../src/cli/metric-text.ts";
import { processTerminal } from "../../src/cli/terminal.ts";
import { frame, type Look, paces } from "../../src/cli/top-frame.ts";

const hub = {
  version: "1.2.3",
  stopping: false,
  diskFree: 76e9,
  diskLow: false,
  backlog: 1_204,
  backlogFull: false,
  ...{ lanes: 256, duty: true },
};

function flow(name: string, more: Partial<Look["flows"][number]> = {}): Look["flows"][number] {
  return {
    ...{ name, description: "", hash: "0".repeat(64), accepting: true, running: true, open: 0 },
    ...{ problem: null, problems: [], routes: [], nextSlot: null },
    source: null,
    ...more,
  };
}

function look(at: number, page: string, flows = [flow("orders")]): Look {
  return { at, hub, flows, samples: parseMetrics(page) };
}

describe("the metrics page", () => {
  it("is read with its labels, and what is none is left out", () => {
    const page = [
      "# HELP a b",
      'a{x="1\\"2\\\\n",y="line\\nend"} 3',
      "b 4.5 1700000000",
      "c +Inf",
      "",
      "what is this?",
    ];
    expect(parseMetrics(page.join("\n"))).toEqual([
      { name: "a", labels: { x: '1"2\\n', y: "line\nend" }, value: 3 },
      { name: "b", labels: {}, value: 4.5 },
      { name: "c", labels: {}, value: Number.POSITIVE_INFINITY },
    ]);
  });
});

describe("tieline top", () => {
  const accepted = (n: number): string => `tieline_messages_accepted_total{flow="orders"} ${n}`;
  const delivered = (n: number): string =>
    `tieline_messages_delivered_total{flow="orders",target="crm.order"} ${n}`;

  it("tells rates from two looks", () => {
    const before = look(1_000, [accepted(100), delivered(40)].join("\n"));
    const now = look(3_000, [accepted(130), delivered(140)].join("\n"));
    expect(paces(before, now)).toMatchObject([{ name: "orders", in: 15, out: 50, state: "running" }]);
  });

  it("takes a hub that was started anew for one that counts from nothing", () => {
    expect(paces(look(0, accepted(1_000)), look(1_000, accepted(5)))).toMatchObject([{ in: 0 }]);
  });

  it("puts what needs a person first, and says what it is", () => {
    const route = { to: "billing.customer", stopped: null, waitingUntil: null, open: 3 };
    const flows = [
      flow("busy"),
      flow("waits", { routes: [{ ...route, waitingUntil: "2026-11-27T10:00:00Z" }] }),
      flow("stands", { routes: [{ ...route, stopped: "the key was refused" }] }),
      flow("rests", { running: false }),
    ];
    const page = [
      'tieline_oldest_message_age_seconds{flow="waits"} 0',
      'tieline_oldest_delivery_age_seconds{flow="waits",target="billing.customer"} 75',
      'tieline_parked_deliveries{flow="waits",target="billing.customer"} 4',
    ].join("\n");
    const seen = paces(look(0, "", flows), look(1_000, page, flows));
    expect(seen.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "stands stopped",
      "waits waiting",
      "busy running",
      "rests paused",
    ]);
    expect(seen[0]?.look).toBe("billing.customer: the key was refused");
    const text = frame(
      { ...processTerminal(), colour: false },
      "http://127.0.0.1:8400",
      look(0, "", flows),
      look(1_000, page, flows),
    );
    expect(text).toContain("1,204 open, 76 GB free, 4 flows");
    expect(text).toMatch(/waits +waiting +0 +0 +0 +1m 15s +4/);
  });

  it("warns when nothing is accepted, and says so when there is no flow", () => {
    const empty = { ...look(0, "", []), hub: { ...hub, diskLow: true } };
    const text = frame({ ...processTerminal(), colour: false }, "http://127.0.0.1:8400", empty, empty);
    expect(text).toContain("the disk is nearly full");
    expect(text).toContain("There is no flow.");
  });
});

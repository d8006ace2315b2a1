import { expect, test } from "vitest";
import type { EngineStatus } from "../../src/control/engine.ts";
import { counterKey, openCounters, parseCounterKey } from "../../src/observe/counter.ts";
import { openLogger } from "../../src/observe/logger.ts";
import { renderMetrics } from "../../src/observe/metrics.ts";

function status(counters: Readonly<Record<string, number>>): EngineStatus {
  return {
    at: 1000,
    stopping: false,
    diskFree: 5,
    diskLow: false,
    backlog: 7,
    backlogFull: false,
    ...{ lanes: 256, duty: true },
    counters,
    flows: [
      {
        id: 1,
        name: "a",
        version: 1,
        hash: "h",
        accepting: true,
        running: true,
        problem: null,
        problems: [],
        open: 3,
        nextSlot: 90_000,
        source: null,
        routes: [{ to: "crm.customer", stopped: "401", waitingUntil: null, open: 0 }],
      },
    ],
  };
}

test("a counter's key can be taken apart again, whatever its labels hold", () => {
  for (const value of ["x", 'a"b', "a\\b", "a\nb", "{}", 'a",b="c', ""]) {
    expect(parseCounterKey(counterKey("accepted", { flow: value, code: "c" }))).toEqual({
      name: "accepted",
      labels: { code: "c", flow: value },
    });
  }
  expect(counterKey("accepted", { flow: "x" })).toBe('accepted{flow="x"}');
  expect(parseCounterKey("no key")).toBeUndefined();
});

test("counters add up by name and labels", () => {
  const counters = openCounters();
  counters.add("accepted", { flow: "a" }, 2);
  counters.add("accepted", { flow: "a" }, 3);
  counters.add("accepted", { flow: "b" }, 1);
  expect(counters.values).toEqual({ 'accepted{flow="a"}': 5, 'accepted{flow="b"}': 1 });
});

test("metrics show the engine's counters, gauges and histograms in the text format", async () => {
  const counters = openCounters();
  counters.add("delivered", { flow: "a", target: "crm.customer" }, 9);
  for (const seconds of [0.002, 0.002, 0.3, 9999])
    counters.observe("delivery", { target: "billing.customer" }, seconds);
  const text = await renderMetrics({
    status: status(counters.values),
    version: "1.2.3",
    queued: { lanes: 7, most: 12 },
    pending: [
      { flow: "a", to: null, oldest: 500, parked: 2, unmuted: 2 },
      { flow: "b", to: null, oldest: null, parked: 0, unmuted: 0 },
      { flow: "a", to: "billing.customer", oldest: 1250, parked: 4, unmuted: 4 },
    ],
    loopLag: 0.25,
    now: 2000,
  });
  for (const line of [
    'tieline_messages_delivered_total{flow="a",target="crm.customer"} 9',
    "tieline_backlog_messages 7",
    "tieline_engine_heartbeat_age_seconds 1",
    "tieline_event_loop_lag_seconds 0.25",
    'tieline_oldest_message_age_seconds{flow="a"} 1.5',
    'tieline_oldest_message_age_seconds{flow="b"} 0',
    'tieline_parked_messages{flow="a"} 2',
    'tieline_oldest_delivery_age_seconds{flow="a",target="billing.customer"} 0.75',
    'tieline_parked_deliveries{flow="a",target="billing.customer"} 4',
    'tieline_build_info{version="1.2.3"} 1',
    "tieline_lanes_held 256",
    "tieline_duty_held 1",
    "tieline_queued_lanes 7",
    "tieline_lane_backlog_messages 12",
    'tieline_flow_problem{flow="a"} 0',
    'tieline_flow_paused{flow="a"} 0',
    'tieline_next_slot_timestamp_seconds{flow="a"} 90',
    'tieline_route_open_deliveries{flow="a",target="crm.customer"} 0',
    'tieline_route_stopped{flow="a",target="crm.customer"} 1',
    'tieline_delivery_duration_seconds_bucket{le="0.001",target="billing.customer"} 0',
    'tieline_delivery_duration_seconds_bucket{le="0.005",target="billing.customer"} 2',
    'tieline_delivery_duration_seconds_bucket{le="0.5",target="billing.customer"} 3',
    'tieline_delivery_duration_seconds_bucket{le="+Inf",target="billing.customer"} 4',
    'tieline_delivery_duration_seconds_count{target="billing.customer"} 4',
    'tieline_delivery_duration_seconds_sum{target="billing.customer"} 9999.304',
  ]) {
    expect(text.split("\n")).toContain(line);
  }
});

test("asking twice does not count twice", async () => {
  const input = {
    status: status({ 'accepted{flow="a"}': 4 }),
    version: "1",
    pending: [],
    queued: { lanes: 0, most: 0 },
    loopLag: 0,
    now: 2000,
  };
  await renderMetrics(input);
  expect(await renderMetrics(input)).toContain('tieline_messages_accepted_total{flow="a"} 4');
});

function lines(isTTY: boolean, level: "info" | "warn" = "info") {
  const written: string[] = [];
  return { written, logger: openLogger(level, { isTTY, write: (line) => written.push(line) }) };
}

test("the log is one JSON object a line, without secrets", () => {
  const { written, logger } = lines(false);
  logger.info(
    {
      flow: "a",
      headers: { authorization: "Bearer x", "webhook-signature": "s", accept: "y" },
      authorization: "z",
    },
    "hello",
  );
  expect(JSON.parse(written[0]!)).toMatchObject({
    level: "info",
    msg: "hello",
    flow: "a",
    headers: { authorization: "[hidden]", "webhook-signature": "[hidden]", accept: "y" },
    authorization: "[hidden]",
  });
});

test("on a terminal the log is readable lines", () => {
  const { written, logger } = lines(true);
  logger.warn({ flow: "a", n: 2 }, "hello");
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}hello {2}flow=a n=2\n$/);
});

test("lines below the level are not written", () => {
  const { written, logger } = lines(false, "warn");
  logger.info({}, "quiet");
  expect(written).toEqual([]);
});

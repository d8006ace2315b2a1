import { Gauge, type Registry } from "prom-client";
import type { EngineStatus, FlowStatus } from "../control/engine.ts";
import type { LaneBacklog, Pending } from "../store/queries.ts";

/** What the metrics are made of. */
export interface MetricsInput {
  readonly status: EngineStatus;
  /** The program's version. */
  readonly version: string;
  readonly pending: readonly Pending[];
  readonly queued: LaneBacklog;
  /** Longest recent delay of the front's event loop, seconds. */
  readonly loopLag: number;
  readonly now: number;
}

type AddGauge = (name: string, help: string, labels?: readonly string[]) => Gauge;

/** The present state of the hub as gauges. */
export function addGauges(registry: Registry, input: MetricsInput): void {
  const gauge: AddGauge = (name, help, labels = []) =>
    new Gauge({ name, help, labelNames: labels, registers: [registry] });
  addHub(gauge, input);
  addFlows(gauge, input.status.flows);
  addPending(gauge, input);
}

function addHub(gauge: AddGauge, { status, version, queued, loopLag, now }: MetricsInput): void {
  gauge("tieline_build_info", "1; the label tells which version runs", ["version"]).set({ version }, 1);
  gauge("tieline_backlog_messages", "Messages and deliveries not done").set(status.backlog);
  gauge("tieline_lanes_held", "Lanes of 256 that this process works on").set(status.lanes);
  gauge("tieline_duty_held", "1 in the process that takes files and runs slots").set(status.duty ? 1 : 0);
  gauge("tieline_queued_lanes", "Lanes that have messages in the queue, of its first 2,000").set(
    queued.lanes,
  );
  gauge("tieline_lane_backlog_messages", "Queued messages of the fullest lane, of the first 2,000").set(
    queued.most,
  );
  gauge("tieline_disk_free_bytes", "Free space on the data disk").set(status.diskFree);
  gauge("tieline_engine_heartbeat_age_seconds", "Time since the engine's last sign of life").set(
    (now - status.at) / 1000,
  );
  gauge("tieline_event_loop_lag_seconds", "Longest recent delay of the front's event loop").set(loopLag);
}

function addFlows(gauge: AddGauge, flows: readonly FlowStatus[]): void {
  const route = ["flow", "target"];
  const open = gauge("tieline_flow_open_messages", "Messages and deliveries not done, by flow", ["flow"]);
  const problem = gauge("tieline_flow_problem", "1 when a flow's newest text is not in force", ["flow"]);
  const paused = gauge("tieline_flow_paused", "1 when a person paused accepting or delivering", ["flow"]);
  const next = gauge("tieline_next_slot_timestamp_seconds", "When the next planned run is due", ["flow"]);
  const unsent = gauge("tieline_route_open_deliveries", "Deliveries not done, by route", route);
  const stopped = gauge("tieline_route_stopped", "1 when a route waits for a person", route);
  const breaker = gauge(
    "tieline_breaker_state",
    "1 when the target does not answer and its route waits",
    route,
  );
  for (const flow of flows) {
    open.set({ flow: flow.name }, flow.open);
    problem.set({ flow: flow.name }, flow.problem === null ? 0 : 1);
    paused.set({ flow: flow.name }, flow.accepting && flow.running ? 0 : 1);
    if (flow.nextSlot !== null) next.set({ flow: flow.name }, flow.nextSlot / 1000);
    for (const { to, stopped: reason, waitingUntil, open: waiting } of flow.routes) {
      const labels = { flow: flow.name, target: to };
      unsent.set(labels, waiting);
      stopped.set(labels, reason === null ? 0 : 1);
      breaker.set(labels, waitingUntil === null ? 0 : 1);
    }
  }
}

function addPending(gauge: AddGauge, { pending, now }: MetricsInput): void {
  const messageAge = gauge(
    "tieline_oldest_message_age_seconds",
    "Age of the oldest message to be transformed",
    ["flow"],
  );
  const parkedMessages = gauge("tieline_parked_messages", "Messages that wait for a person, up to 10,000", [
    "flow",
  ]);
  const route = ["flow", "target"];
  const deliveryAge = gauge(
    "tieline_oldest_delivery_age_seconds",
    "Age of the oldest delivery to be sent",
    route,
  );
  const parkedDeliveries = gauge(
    "tieline_parked_deliveries",
    "Deliveries that wait for a person, up to 10,000 of a flow",
    route,
  );
  for (const { flow, to, oldest, parked } of pending) {
    // What is done leaves a zero: a graph of an age that stops in mid-air tells nothing.
    const age = oldest === null ? 0 : Math.max(0, (now - oldest) / 1000);
    if (to === null) {
      messageAge.set({ flow }, age);
      parkedMessages.set({ flow }, parked);
    } else {
      deliveryAge.set({ flow, target: to }, age);
      parkedDeliveries.set({ flow, target: to }, parked);
    }
  }
}

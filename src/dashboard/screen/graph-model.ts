import type { Answer } from "../api/client.ts";
import { flowStates } from "./flow-levers.tsx";

export type GraphAnswer = Answer<"GET /graph">;
type Flow = GraphAnswer["flows"][number];

/** What is drawn as a box. `flow` leads to the flow, `mapping` is the flow whose page this is. */
export interface Box {
  readonly id: string;
  readonly kind: "system" | "topic" | "flow" | "mapping";
  readonly name: string;
  /** Words as the hub has them for states. */
  readonly states: readonly string[];
  readonly flow: Flow | null;
}

/** What crosses from one box to another, counted in the span of the answer. */
export interface Way {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly flow: string;
  /** Which of its numbers `n` is; null: it only shows that one feeds the other. */
  readonly what: "accepted" | "applied" | null;
  readonly n: number;
  /** `system.sink` or `topic:<name>`; null: into the flow. */
  readonly route: string | null;
  /** What it counts are rows of files, most of which are no messages. */
  readonly areRows: boolean;
  readonly queued: number;
  readonly parked: number;
  readonly tone: "calm" | "warn" | "bad";
  /** What keeps it from crossing, in the hub's words for states. */
  readonly states: readonly string[];
}

export interface Graph {
  readonly boxes: readonly Box[];
  readonly ways: readonly Way[];
}

/** All flows between the systems and topics that they read and write. */
export function wholeGraph(answer: GraphAnswer): Graph {
  return joined(answer.flows.map((flow) => graphOf(flow, answer, "flow", systemOf)));
}

/** One flow from its source to each target, with the flows that feed it and those that it feeds. */
export function flowGraph(answer: GraphAnswer, name: string): Graph {
  const flow = answer.flows.find((one) => one.name === name);
  if (flow === undefined) return { boxes: [], ways: [] };
  const topics = flow.routes.flatMap(({ publishes }) => (publishes === null ? [] : [publishes]));
  const after = answer.flows.filter(({ reads }) => topics.some((topic) => reads === `topic:${topic}`));
  const before = answer.flows.filter(({ routes }) =>
    routes.some(({ publishes }) => publishes !== null && flow.reads === `topic:${publishes}`),
  );
  return joined([
    graphOf(flow, answer, "mapping", (end) => end),
    ...after.map((one) => neighbour(one, one.reads ?? "", flowId(one))),
    ...before.filter((one) => one !== flow).map((one) => neighbour(one, flowId(one), flow.reads ?? "")),
  ]);
}

/** A system once, whatever is read or written there; a topic is its own end. */
function systemOf(end: string): string {
  return end.startsWith("topic:") ? end : (end.split(".")[0] ?? end);
}

function graphOf(
  flow: Flow,
  { systems }: GraphAnswer,
  kind: "flow" | "mapping",
  endOf: (end: string) => string,
): Graph {
  const own: Box = { id: flowId(flow), kind, name: flow.name, states: flowStates(flow), flow };
  const end = (written: string): Box => boxOf(endOf(written), systems);
  const source = flow.reads === null ? null : end(flow.reads);
  const boxes = [own, ...(source === null ? [] : [source])];
  const ways: Way[] =
    source === null
      ? []
      : [
          {
            ...{ id: `${source.id} → ${own.id}`, from: source.id, to: own.id, flow: flow.name },
            ...{ what: "accepted", n: flow.accepted, route: null, areRows: flow.files, queued: 0, parked: 0 },
            tone: flow.accepting ? "calm" : "warn",
            states: flow.accepting ? [] : ["paused"],
          },
        ];
  for (const route of flow.routes) {
    const target = end(route.to);
    const isLate = route.waitingUntil !== null || !flow.running;
    boxes.push(target);
    ways.push({
      ...{ id: `${own.id} → ${route.to}`, from: own.id, to: target.id, flow: flow.name },
      ...{ what: "applied", n: route.applied, route: route.to, areRows: flow.files },
      ...{ queued: route.queued, parked: route.parked },
      tone: route.stopped !== null || route.parked > 0 ? "bad" : isLate ? "warn" : "calm",
      states: statesOf(route, flow),
    });
    if (route.publishes === null || target.kind === "topic") continue;
    const topic = boxOf(`topic:${route.publishes}`, systems);
    boxes.push(topic);
    ways.push(feeding(target.id, topic.id, flow.name));
  }
  return { boxes, ways };
}

function statesOf({ stopped, waitingUntil }: Flow["routes"][number], { running }: Flow): readonly string[] {
  if (stopped !== null) return ["stopped"];
  if (!running) return ["paused"];
  return waitingUntil === null ? [] : ["waiting"];
}

function boxOf(end: string, systems: GraphAnswer["systems"]): Box {
  if (end.startsWith("topic:"))
    return { id: end, kind: "topic", name: end.slice("topic:".length), states: [], flow: null };
  const breaker = systems.find(({ name }) => name === systemOf(end))?.breaker ?? null;
  const states = breaker === null || breaker === "closed" ? [] : [breaker];
  return { id: `system:${end}`, kind: "system", name: end, states, flow: null };
}

/** A flow on the other side of a topic. */
function neighbour(flow: Flow, from: string, to: string): Graph {
  return {
    boxes: [{ id: flowId(flow), kind: "flow", name: flow.name, states: flowStates(flow), flow }],
    ways: [feeding(from, to, flow.name)],
  };
}

function feeding(from: string, to: string, flow: string): Way {
  const none = { what: null, n: 0, route: null, areRows: false, queued: 0, parked: 0 } as const;
  return { id: `${from} → ${to}`, from, to, flow, ...none, tone: "calm", states: [] };
}

function flowId({ name }: Flow): string {
  return `flow:${name}`;
}

/** Boxes and ways once each, and only ways between boxes that are there. */
function joined(graphs: readonly Graph[]): Graph {
  const boxes = new Map(graphs.flatMap((graph) => graph.boxes).map((box) => [box.id, box]));
  const ways = new Map(graphs.flatMap((graph) => graph.ways).map((way) => [way.id, way]));
  return {
    boxes: [...boxes.values()],
    ways: [...ways.values()].filter(({ from, to }) => boxes.has(from) && boxes.has(to)),
  };
}

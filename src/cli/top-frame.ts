import { showBytes, showCount, showDuration } from "../message/units.ts";
import type { FlowState, HubState } from "./api-shape.ts";
import type { Sample } from "./metric-text.ts";
import { type Column, table } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

/** What was seen of a hub at one moment. */
export interface Look {
  /** Milliseconds since 1970, by this machine's clock. */
  readonly at: number;
  readonly hub: HubState;
  readonly flows: readonly FlowState[];
  readonly samples: readonly Sample[];
}

/** One flow between two looks. Rates are per second. */
export interface FlowPace {
  readonly name: string;
  readonly state: "running" | "paused" | "stopped" | "waiting" | "broken";
  /** Messages accepted, and rows of files. */
  readonly in: number;
  /** Effects at all its targets. */
  readonly out: number;
  readonly open: number;
  /** Age of the oldest message or delivery that is to be worked on; null when there is none. Seconds. */
  readonly oldest: number | null;
  /** Messages and deliveries that wait for a person now. */
  readonly parked: number;
  /** What a person should look at; null when nothing. */
  readonly look: string | null;
}

/** How each flow went from one look to the next, those that need a person first. */
export function paces(before: Look, now: Look): readonly FlowPace[] {
  const seconds = Math.max((now.at - before.at) / 1000, 0.001);
  const rate = (flow: string, names: readonly string[]): number => {
    const grown = names.reduce((sum, name) => sum + total(now, name, flow) - total(before, name, flow), 0);
    // A hub that was started anew counts from nothing.
    return Math.max(grown, 0) / seconds;
  };
  return now.flows
    .map((flow) => ({
      name: flow.name,
      ...standing(flow),
      in: rate(flow.name, ["tieline_messages_accepted_total", "tieline_file_rows_total"]),
      out: rate(flow.name, ["tieline_messages_delivered_total"]),
      open: flow.open,
      oldest: age(now, flow.name),
      parked: PARKED.reduce((sum, name) => sum + total(now, name, flow.name), 0),
    }))
    .toSorted((a, b) => rank(a) - rank(b) || b.in + b.out - a.in - a.out || b.open - a.open);
}

/** A screen of it, as wide as its names. */
export function frame(terminal: Terminal, url: string, before: Look, now: Look): string {
  const { hub } = now;
  const flows = paces(before, now);
  const warning = [
    hub.stopping ? "stopping" : "",
    hub.diskLow ? "the disk is nearly full: nothing is accepted" : "",
    hub.backlogFull ? "too much is waiting: nothing is accepted" : "",
  ].filter((text) => text !== "");
  return [
    `Tieline ${hub.version} at ${url}, ${showMoment(now.at)}`,
    `${showCount(hub.backlog)} open, ${showBytes(hub.diskFree)} free, ${flows.length} flows`,
    ...warning.map((text) => paint(terminal, "red", text)),
    "",
    flows.length === 0 ? "There is no flow." : table(flows, columns(terminal)),
  ].join("\n");
}

function columns(terminal: Terminal): readonly Column<FlowPace>[] {
  return [
    { title: "FLOW", cell: ({ name }) => name },
    { title: "STATE", cell: ({ state }) => paint(terminal, COLOURS[state], state), painted: true },
    { title: "IN/S", cell: (flow) => pace(flow.in), right: true },
    { title: "OUT/S", cell: ({ out }) => pace(out), right: true },
    { title: "OPEN", cell: ({ open }) => showCount(open), right: true },
    {
      title: "OLDEST",
      cell: ({ oldest }) => (oldest === null ? null : showDuration(oldest * 1000)),
      right: true,
    },
    { title: "PARKED", cell: ({ parked }) => showCount(parked), right: true },
    { title: "NEEDS A LOOK", cell: ({ look }) => look ?? " " },
  ];
}

const COLOURS = {
  running: "green",
  paused: "yellow",
  waiting: "yellow",
  stopped: "red",
  broken: "red",
} as const;

function pace(perSecond: number): string {
  return perSecond === 0 || perSecond >= 10 ? showCount(Math.round(perSecond)) : perSecond.toFixed(1);
}

function standing(flow: FlowState): Pick<FlowPace, "state" | "look"> {
  const stopped = flow.routes.find((route) => route.stopped !== null);
  if (stopped !== undefined) return { state: "stopped", look: `${stopped.to}: ${stopped.stopped}` };
  if (flow.problem !== null) return { state: "broken", look: flow.problem };
  if (!flow.accepting || !flow.running) return { state: "paused", look: null };
  const waiting = flow.routes.find((route) => route.waitingUntil !== null);
  if (waiting !== undefined)
    return {
      state: "waiting",
      look: `${waiting.to} does not answer; again at ${showMoment(waiting.waitingUntil)}`,
    };
  return { state: "running", look: null };
}

function rank({ state }: FlowPace): number {
  return state === "stopped" || state === "broken" ? 0 : state === "waiting" ? 1 : 2;
}

function total({ samples }: Look, name: string, flow: string): number {
  return samples
    .filter((sample) => sample.name === name && sample.labels["flow"] === flow)
    .reduce((sum, { value }) => sum + value, 0);
}

const PARKED = ["tieline_parked_messages", "tieline_parked_deliveries"];
const AGES = ["tieline_oldest_message_age_seconds", "tieline_oldest_delivery_age_seconds"];

function age({ samples }: Look, flow: string): number | null {
  const ages = samples.filter((one) => AGES.includes(one.name) && one.labels["flow"] === flow);
  const oldest = Math.max(0, ...ages.map(({ value }) => value));
  return oldest === 0 ? null : oldest;
}

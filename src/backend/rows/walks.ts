import { ERRORS } from "../../errors.ts";
import { type Outcome, STATES, type State } from "../../message/outcome.ts";
import type { MessageFilter } from "../../store/queries.ts";
import { stateNumber } from "./row.ts";

/** The indexes that lists of messages go along, by what they are ordered by. */
export type Walk =
  | "place"
  | "key"
  | "flow"
  | "file"
  | "code"
  | "delivery-code"
  | "delivery-state"
  | "failing"
  | "delivery-failing"
  | "ended"
  | "delivery-ended"
  | "late"
  | "delivery-late"
  | "queued"
  | "waiting"
  | "held"
  | "parked";

/** The index a message's own state stands in; messages that are being sent, or done, have none. */
const OWN_STATE: Readonly<Partial<Record<State, Walk>>> = {
  queued: "queued",
  waiting: "waiting",
  held: "held",
  parked: "parked",
};

/**
 * The ends that a filter is led by: messages are found by them in an index of their outcomes as texts, which number in
 * tens. None: it is led by another condition, or by none, since most messages are applied.
 */
export function leadingEnds({ key, code, cause, file, state, outcomes }: MessageFilter): readonly Outcome[] {
  if (key !== undefined || code !== undefined || file !== undefined || cause !== undefined) return [];
  if (outcomes === undefined || outcomes.includes("applied") || outcomes.includes("rejected")) return [];
  return state === undefined || state === "done" ? outcomes : [];
}

/** Outcomes of messages of a flow as the store has them. */
export interface Ended {
  readonly flow: number;
  readonly outcomes: string;
}

/** Whether one of the ends is among them, as far as an index tells: of very many it has the first. */
export function holdsEnd(
  { outcomes }: Ended,
  ends: readonly Outcome[],
  most = Number.POSITIVE_INFINITY,
): boolean {
  return outcomes.length >= most || ends.some((end) => outcomes.includes(`:"${end}"`));
}

/**
 * The index walks that together meet every message the filter wants, and few others. Several are merged by their
 * reader; a message may come in more than one.
 * @param flows ids of the flows to look at: the filter's, or all
 * @param ended of these flows, those that hold an end that leads
 * @param from where only what ended since a time is asked for: the place from which on all may have; 0 otherwise
 * @param walk makes one along an index, for what stands before the position in it
 */
export function chooseWalks<Stream>(
  filter: MessageFilter,
  flows: readonly number[],
  ended: readonly Ended[],
  from: number,
  walk: (along: Walk, ...values: readonly (string | number)[]) => Stream,
): readonly Stream[] {
  if (filter.key !== undefined) return [walk("key", filter.key)];
  if (filter.cause !== undefined) {
    const { fingerprint, route } = filter.cause;
    if (route !== null) return [walk("delivery-failing", route, fingerprint)];
    return flows.map((flow) => walk("failing", flow, fingerprint));
  }
  if (filter.code !== undefined) return [walk("code", filter.code), walk("delivery-code", filter.code)];
  if (filter.file !== undefined) return [walk("file", filter.file)];
  if (filter.state === "open") return flows.flatMap((flow) => openWalks(flow, walk));
  if (filter.state !== undefined && filter.state !== "done") {
    const own = OWN_STATE[filter.state];
    const state = stateNumber(filter.state);
    return flows.flatMap((flow) => [
      ...(own === undefined ? [] : [walk(own, flow)]),
      walk("delivery-state", state, flow),
    ]);
  }
  // What was rejected has a failure, and failures have few codes.
  if (filter.outcomes?.length === 1 && filter.outcomes[0] === "rejected")
    return Object.keys(ERRORS).map((code) => walk("code", code));
  const ends = leadingEnds(filter);
  const late =
    filter.endedSince === undefined
      ? []
      : flows.flatMap((flow) => [walk("late", flow), walk("delivery-late", flow)]);
  if (ends.length > 0) {
    return [
      ...ended.map(({ flow, outcomes }) => walk("ended", flow, outcomes, from)),
      ...flows.flatMap((flow) => ends.map((end) => walk("delivery-ended", end, flow, from))),
      ...late,
    ];
  }
  const { flow, to, endedSince } = filter;
  if (flow === undefined && to === undefined && endedSince === undefined) return [walk("place")];
  return [...flows.map((one) => walk("flow", one, from)), ...late];
}

/** All that a flow has under way or at rest, which is little beside what is done. */
function openWalks<Stream>(
  flow: number,
  walk: (along: Walk, ...values: readonly number[]) => Stream,
): readonly Stream[] {
  return [
    ...Object.values(OWN_STATE).map((own) => walk(own, flow)),
    ...STATES.filter((state) => state !== "done").map((state) =>
      walk("delivery-state", stateNumber(state), flow),
    ),
  ];
}

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
 * The end that a filter is led by: messages are found by it in an index of their outcomes as texts, which number in
 * tens. Null: by another condition, or by none, since most messages are applied.
 */
export function leadingEnd({ key, code, cause, file, state, outcome }: MessageFilter): Outcome | null {
  if (key !== undefined || code !== undefined || file !== undefined || cause !== undefined) return null;
  if (outcome === undefined || outcome === "applied" || outcome === "rejected") return null;
  return state === undefined || state === "done" ? outcome : null;
}

/** Outcomes of messages of a flow as the store has them, which hold the leading end. */
export interface Ended {
  readonly flow: number;
  readonly outcomes: string;
}

/**
 * The index walks that together meet every message the filter wants, and few others. Several are merged by their
 * reader; a message may come in more than one.
 * @param flows ids of the flows to look at: the filter's, or all
 * @param ended of these flows, where an end leads
 * @param walk makes one along an index, for what stands before the position in it
 */
export function chooseWalks<Stream>(
  filter: MessageFilter,
  flows: readonly number[],
  ended: readonly Ended[],
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
  const end = leadingEnd(filter);
  if (end !== null) {
    return [
      ...ended.map(({ flow, outcomes }) => walk("ended", flow, outcomes)),
      ...flows.map((flow) => walk("delivery-ended", end, flow)),
    ];
  }
  // What was rejected has a failure, and failures have few codes.
  if (filter.outcome === "rejected") return Object.keys(ERRORS).map((code) => walk("code", code));
  if (filter.flow !== undefined) return flows.map((flow) => walk("flow", flow));
  return [walk("place")];
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

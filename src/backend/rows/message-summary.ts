import type { Failure } from "../../errors.ts";
import { STATES, type State } from "../../message/outcome.ts";
import type { MessageSummary } from "../../store/queries.ts";
import type { FlowNames } from "./flow-names.ts";
import { fromText, stateOf } from "./row.ts";

export interface SummaryColumns {
  place: number;
  flow: number;
  key: string | null;
  state: number;
  accepted_at: number;
  finished_at: number | null;
  attempts: number;
  replay: number;
  file: number | null;
  file_row: number | null;
  outcomes: string | null;
  failure: string | null;
}

export interface DeliveryEnd {
  message: number;
  target: string;
  state: number;
  outcome: string | null;
  failure: string | null;
  finished_at: number | null;
}

/** @param deliveries of all these messages, in the order of their ids */
export function toSummaries(
  rows: readonly SummaryColumns[],
  deliveries: readonly DeliveryEnd[],
  names: FlowNames,
): ReadonlyMap<number, MessageSummary> {
  const byMessage = new Map<number, DeliveryEnd[]>();
  for (const one of deliveries) {
    const list = byMessage.get(one.message);
    if (list === undefined) byMessage.set(one.message, [one]);
    else list.push(one);
  }
  return new Map(rows.map((row) => [row.place, toSummary(row, byMessage.get(row.place) ?? [], names)]));
}

/** What needs a person first, what has ended last. */
const URGENCY: readonly State[] = ["parked", "held", "waiting", "sending", "queued", "done"];

function toSummary(
  row: SummaryColumns,
  deliveries: readonly DeliveryEnd[],
  names: FlowNames,
): MessageSummary {
  const outcomes: Record<string, string> = { ...fromText<Record<string, string>>(row.outcomes) };
  for (const one of deliveries) if (one.outcome !== null) outcomes[one.target] = one.outcome;
  const states = new Set([row.state, ...deliveries.map((one) => one.state)].map(stateOf));
  const state = URGENCY.find((one) => states.has(one)) ?? STATES[0];
  const ends = [row.finished_at, ...deliveries.map((one) => one.finished_at)];
  const failure =
    row.failure ?? deliveries.find((one) => one.failure !== null && one.state !== 5)?.failure ?? null;
  return {
    place: row.place,
    flow: names.nameOf(row.flow),
    key: row.key,
    state,
    acceptedAt: row.accepted_at,
    finishedAt: state === "done" ? Math.max(...ends.map((at) => at ?? 0)) || null : null,
    attempts: row.attempts,
    replay: row.replay,
    file: row.file,
    fileRow: row.file_row,
    outcomes,
    failure: fromText<Failure>(failure),
  };
}

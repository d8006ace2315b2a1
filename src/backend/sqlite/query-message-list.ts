import type { Failure } from "../../errors.ts";
import { STATES, type State } from "../../message/outcome.ts";
import type { MessageFilter, MessageSummary, Page, Paged } from "../../store/queries.ts";
import { type FlowNames, flowNames, LAST } from "./query-flows.ts";
import { chooseStreams, type Position, type Stream } from "./query-message-stream.ts";
import { fromText, stateNumber, stateOf } from "./row.ts";
import type { Sql, SqlValue } from "./sql.ts";

/** Rows one page may look at in vain; then it ends early and says where to go on. */
const MOST_LOOKED_AT = 20_000;

/** Rows read in one statement. */
const MOST_AT_ONCE = 1000;

/** Batches committed together may differ in time; the exact filter on acceptance follows anyway. */
const SLACK_MS = 5000;

/** One page of messages, newest first (in a file: last row first). */
export function listMessages(sql: Sql, filter: MessageFilter, page: Page): Paged<MessageSummary> {
  const names = flowNames(sql);
  const flow = filter.flow === undefined ? undefined : names.idOf(filter.flow);
  const streams = chooseStreams(sql, filter, flow === undefined ? names.ids : [flow]);
  const { low, high } =
    filter.file === undefined || filter.key !== undefined || filter.code !== undefined
      ? placeRange(sql, filter)
      : NO_RANGE;
  const rest = restOf(filter, flow);
  const items: MessageSummary[] = [];
  let before = Math.min(page.before ?? LAST, high);
  let lookedAt = 0;
  // Most often the walk itself meets the whole filter, and the first batch fills the page.
  let size = page.limit + 1;
  for (;;) {
    const { positions, floor } = merge(streams, before, size, low);
    const found = loadSummaries(
      sql,
      positions.map((one) => one.place),
      rest,
      names,
    );
    for (const { at, place } of positions) {
      const summary = found.get(place);
      if (summary === undefined) continue;
      // One more than asked for shows that there is a next page, which begins below the last that is shown.
      if (items.length === page.limit) return { items, next: lastShown(items, filter) };
      items.push(summary);
      before = at;
    }
    if (floor === null) return { items, next: null };
    before = floor;
    lookedAt += positions.length;
    if (lookedAt >= MOST_LOOKED_AT) return { items, next: floor };
    size = Math.min(MOST_AT_ONCE, 4 * size);
  }
}

const NO_RANGE = { low: 0, high: LAST };

function lastShown(items: readonly MessageSummary[], filter: MessageFilter): number {
  const last = items.at(-1);
  const byRow = filter.file !== undefined && filter.key === undefined && filter.code === undefined;
  return (byRow ? last?.fileRow : last?.place) ?? 0;
}

/** The next positions of all streams in one falling order; `floor` null: there is nothing below them. */
function merge(
  streams: readonly Stream[],
  before: number,
  size: number,
  low: number,
): { readonly positions: readonly Position[]; readonly floor: number | null } {
  const seen = new Map<number, Position>();
  let floor: number | null = null;
  for (const stream of streams) {
    const batch = stream(before, size);
    for (const position of batch) seen.set(position.place, position);
    const last = batch.at(-1);
    // A stream that was cut says nothing about what lies below its last position.
    if (batch.length === size && last !== undefined) floor = Math.max(floor ?? 0, last.at);
  }
  const least = Math.max(floor ?? 0, low);
  const positions = [...seen.values()].filter((one) => one.at >= least).sort((a, b) => b.at - a.at);
  return { positions, floor: floor !== null && floor > low ? floor : null };
}

/**
 * Places and times of acceptance rise together, but where the clock was set back; so a time is found by halving the
 * places, without an index over times that every accept would pay for.
 */
function placeRange(sql: Sql, filter: MessageFilter): { readonly low: number; readonly high: number } {
  if (filter.since === undefined && filter.until === undefined) return NO_RANGE;
  const last = sql.get<{ place: number | null }>("SELECT max(place) AS place FROM message")?.place ?? 0;
  return {
    low: filter.since === undefined ? 0 : firstAtOrAfter(sql, filter.since - SLACK_MS, last),
    high: filter.until === undefined ? LAST : firstAtOrAfter(sql, filter.until + SLACK_MS, last),
  };
}

function firstAtOrAfter(sql: Sql, time: number, last: number): number {
  let low = 0;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = sql.get<{ at: number }>(
      "SELECT accepted_at AS at FROM message WHERE place >= ? ORDER BY place LIMIT 1",
      middle,
    );
    if (row === undefined || row.at >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Rest {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Every condition of the filter on a row at hand, also those its stream has met: a stream may be wider. */
function restOf(filter: MessageFilter, flow: number | undefined): Rest {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const add = (text: string, ...given: SqlValue[]): void => {
    where.push(text);
    values.push(...given);
  };
  if (flow !== undefined) add("m.flow = ?", flow);
  if (filter.key !== undefined) add("m.key = ?", filter.key);
  if (filter.file !== undefined) add("m.file = ?", filter.file);
  if (filter.since !== undefined) add("m.accepted_at >= ?", filter.since);
  if (filter.until !== undefined) add("m.accepted_at <= ?", filter.until);
  if (filter.code !== undefined) {
    add(
      `(m.failure ->> 'code' = ? OR ${withDelivery("d.failure ->> 'code' = ?")})`,
      filter.code,
      filter.code,
    );
  }
  if (filter.outcome !== undefined) {
    add(
      `(EXISTS (SELECT 1 FROM json_each(m.outcomes) o WHERE o.value = ?) OR ${withDelivery("d.outcome = ?")})`,
      filter.outcome,
      filter.outcome,
    );
  }
  if (filter.state === "done") add(`m.state = 5 AND NOT ${withDelivery("d.state <> 5")}`);
  else if (filter.state !== undefined) {
    const state = stateNumber(filter.state);
    add(`(m.state = ? OR ${withDelivery("d.state = ?")})`, state, state);
  }
  return { text: where.map((one) => ` AND ${one}`).join(""), values };
}

function withDelivery(condition: string): string {
  return `EXISTS (SELECT 1 FROM delivery d INDEXED BY delivery_message WHERE d.message = m.place AND ${condition})`;
}

interface Row {
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

interface DeliveryRow {
  message: number;
  target: string;
  state: number;
  outcome: string | null;
  failure: string | null;
  finished_at: number | null;
}

/** The summaries of those of these places that the rest of the filter wants too. */
export function loadSummaries(
  sql: Sql,
  places: readonly number[],
  rest: Rest,
  names: FlowNames,
): ReadonlyMap<number, MessageSummary> {
  if (places.length === 0) return new Map();
  const rows = sql.all<Row>(
    `SELECT m.place, m.flow, m.key, m.state, m.accepted_at, m.finished_at, m.attempts, m.replay, m.file, m.file_row,
     m.outcomes, m.failure FROM message m WHERE m.place IN (SELECT value FROM json_each(?))${rest.text}`,
    JSON.stringify(places),
    ...rest.values,
  );
  const deliveries = new Map<number, DeliveryRow[]>();
  const found = sql.all<DeliveryRow>(
    `SELECT d.message, r.target, d.state, d.outcome, d.failure, d.finished_at FROM delivery d INDEXED BY delivery_message
     JOIN route r ON r.id = d.route WHERE d.message IN (SELECT value FROM json_each(?)) ORDER BY d.message, d.id`,
    JSON.stringify(rows.map((row) => row.place)),
  );
  for (const one of found) {
    const list = deliveries.get(one.message);
    if (list === undefined) deliveries.set(one.message, [one]);
    else list.push(one);
  }
  return new Map(rows.map((row) => [row.place, toSummary(row, deliveries.get(row.place) ?? [], names)]));
}

/** What needs a person first, what has ended last. */
const URGENCY: readonly State[] = ["parked", "held", "waiting", "sending", "queued", "done"];

function toSummary(row: Row, deliveries: readonly DeliveryRow[], names: FlowNames): MessageSummary {
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

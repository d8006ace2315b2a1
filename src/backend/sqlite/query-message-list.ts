import type { MessageFilter, MessageSummary, Page, Paged } from "../../store/queries.ts";
import type { FlowNames } from "../rows/flow-names.ts";
import { type DeliveryEnd, type SummaryColumns, toSummaries } from "../rows/message-summary.ts";
import { LAST } from "../rows/page.ts";
import {
  lastShown,
  MOST_AT_ONCE,
  MOST_LOOKED_AT,
  merge,
  NO_RANGE,
  ranged,
  SLACK_MS,
} from "../rows/positions.ts";
import { stateNumber } from "../rows/row.ts";
import { flowNames } from "./query-flows.ts";
import { chooseStreams } from "./query-message-stream.ts";
import type { Sql, SqlValue } from "./sql.ts";

/** One page of messages, newest first (in a file: last row first). */
export function listMessages(sql: Sql, filter: MessageFilter, page: Page): Paged<MessageSummary> {
  const names = flowNames(sql);
  const flow = filter.flow === undefined ? undefined : names.idOf(filter.flow);
  const streams = chooseStreams(sql, filter, flow === undefined ? names.ids : [flow]);
  const { low, high } = ranged(filter) ? placeRange(sql, filter) : NO_RANGE;
  const rest = restOf(filter, flow);
  const items: MessageSummary[] = [];
  let before = Math.min(page.before ?? LAST, high);
  let lookedAt = 0;
  // Most often the walk itself meets the whole filter, and the first batch fills the page.
  let size = page.limit + 1;
  for (;;) {
    const batches = streams.map((stream) => stream(before, size));
    const { positions, floor } = merge(batches, size, low);
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
  if (filter.cause !== undefined) {
    const { fingerprint, route } = filter.cause;
    if (route === null) add("m.fingerprint = ?", fingerprint);
    else add(withDelivery("d.route = ? AND d.fingerprint = ?"), route, fingerprint);
  }
  if (filter.outcome !== undefined) {
    add(
      `(EXISTS (SELECT 1 FROM json_each(m.outcomes) o WHERE o.value = ?) OR ${withDelivery("d.outcome = ?")})`,
      filter.outcome,
      filter.outcome,
    );
  }
  if (filter.state === "done") add(`m.state = 5 AND NOT ${withDelivery("d.state <> 5")}`);
  else if (filter.state === "open") add(`(m.state <> 5 OR ${withDelivery("d.state <> 5")})`);
  else if (filter.state !== undefined) {
    const state = stateNumber(filter.state);
    add(`(m.state = ? OR ${withDelivery("d.state = ?")})`, state, state);
  }
  return { text: where.map((one) => ` AND ${one}`).join(""), values };
}

function withDelivery(condition: string): string {
  return `EXISTS (SELECT 1 FROM delivery d INDEXED BY delivery_message WHERE d.message = m.place AND ${condition})`;
}

/** The summaries of those of these places that the rest of the filter wants too. */
export function loadSummaries(
  sql: Sql,
  places: readonly number[],
  rest: Rest,
  names: FlowNames,
): ReadonlyMap<number, MessageSummary> {
  if (places.length === 0) return new Map();
  const rows = sql.all<SummaryColumns>(
    `SELECT m.place, m.flow, m.key, m.state, m.accepted_at, m.finished_at, m.attempts, m.replay, m.file, m.file_row,
     m.outcomes, m.failure FROM message m WHERE m.place IN (SELECT value FROM json_each(?))${rest.text}`,
    JSON.stringify(places),
    ...rest.values,
  );
  const deliveries = sql.all<DeliveryEnd>(
    `SELECT d.message, r.target, d.state, d.outcome, d.failure, d.finished_at FROM delivery d INDEXED BY delivery_message
     JOIN route r ON r.id = d.route WHERE d.message IN (SELECT value FROM json_each(?)) ORDER BY d.message, d.id`,
    JSON.stringify(rows.map((row) => row.place)),
  );
  return toSummaries(rows, deliveries, names);
}

import type { MessageFilter, MessageSummary, Page, Paged } from "../../store/queries.ts";
import { type Conditions, conditions } from "../rows/conditions.ts";
import type { FlowNames } from "../rows/flow-names.ts";
import { addFilter, type MessageDialect } from "../rows/message-conditions.ts";
import { type DeliveryEnd, type SummaryColumns, toSummaries } from "../rows/message-summary.ts";
import { LAST } from "../rows/page.ts";
import {
  earliest,
  lastShown,
  MOST_AT_ONCE,
  MOST_LOOKED_AT,
  merge,
  NO_RANGE,
  ranged,
  SLACK_MS,
} from "../rows/positions.ts";
import { type RouteRow, routesTo, SELECT_ROUTES } from "../rows/routes.ts";
import { flowNames } from "./query-flows.ts";
import { chooseStreams } from "./query-message-stream.ts";
import type { Sql, SqlValue } from "./sql.ts";

/** One page of messages, newest first (in a file: last row first). */
export function listMessages(sql: Sql, filter: MessageFilter, page: Page): Paged<MessageSummary> {
  const names = flowNames(sql);
  const flow = filter.flow === undefined ? undefined : names.idOf(filter.flow);
  const flows = flow === undefined ? names.ids : [flow];
  const routes =
    filter.to === undefined ? null : routesTo(sql.all<RouteRow>(SELECT_ROUTES), filter.to, flows);
  const streams = chooseStreams(
    sql,
    filter,
    routes === null ? flows : [...new Set(routes.map((route) => route.flow))],
    filter.endedSince === undefined ? 0 : placeAt(sql, earliest(filter.endedSince)),
  );
  const { low, high } = ranged(filter) ? placeRange(sql, filter) : NO_RANGE;
  const rest = conditions<SqlValue>("?", 2);
  addFilter(rest, filter, flow, routes, DIALECT);
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
  return {
    low: filter.since === undefined ? 0 : placeAt(sql, filter.since - SLACK_MS),
    high: filter.until === undefined ? LAST : placeAt(sql, filter.until + SLACK_MS),
  };
}

/** The first place that was accepted then or later. */
function placeAt(sql: Sql, time: number): number {
  let low = 0;
  let high = (sql.get<{ place: number | null }>("SELECT max(place) AS place FROM message")?.place ?? 0) + 1;
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

const DIALECT: MessageDialect<SqlValue> = {
  list: (values) => JSON.stringify(values),
  isIn: (column, list) => `${column} IN (SELECT value FROM json_each(${list}))`,
  code: (table) => `${table}.failure ->> 'code'`,
  outcomes: "json_each(m.outcomes)",
  deliveries: "delivery d INDEXED BY delivery_message",
};

/** The summaries of those of these places that the rest of the filter wants too. */
export function loadSummaries(
  sql: Sql,
  places: readonly number[],
  rest: Conditions<SqlValue>,
  names: FlowNames,
): ReadonlyMap<number, MessageSummary> {
  if (places.length === 0) return new Map();
  const rows = sql.all<SummaryColumns>(
    `SELECT m.place, m.flow, m.key, m.state, m.accepted_at, m.finished_at, m.attempts, m.replay, m.file, m.file_row,
     m.outcomes, m.failure FROM message m WHERE m.place IN (SELECT value FROM json_each(?1)) AND ${rest.text()}`,
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

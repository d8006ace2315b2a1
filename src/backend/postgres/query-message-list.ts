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
import type { ReadSql, SqlValue } from "./sql.ts";

/** One page of messages, newest first (in a file: last row first). */
export async function listMessages(
  sql: ReadSql,
  filter: MessageFilter,
  page: Page,
): Promise<Paged<MessageSummary>> {
  const names = await flowNames(sql);
  const flow = filter.flow === undefined ? undefined : names.idOf(filter.flow);
  const flows = flow === undefined ? names.ids : [flow];
  const { to, endedSince } = filter;
  const routes = to === undefined ? null : routesTo(await sql.all<RouteRow>(SELECT_ROUTES), to, flows);
  const streams = await chooseStreams(
    sql,
    filter,
    routes === null ? flows : [...new Set(routes.map((route) => route.flow))],
    endedSince === undefined ? 0 : await placeAt(sql, earliest(endedSince)),
  );
  const { low, high } = ranged(filter) ? await placeRange(sql, filter) : NO_RANGE;
  const rest = conditions<SqlValue>("$", 2);
  addFilter(rest, filter, flow, routes, DIALECT);
  const items: MessageSummary[] = [];
  let before = Math.min(page.before ?? LAST, high);
  let lookedAt = 0;
  for (let size = page.limit + 1; ; size = Math.min(MOST_AT_ONCE, 4 * size)) {
    const from = before;
    const batches = await Promise.all(streams.map((stream) => stream(from, size)));
    const { positions, floor } = merge(batches, size, low);
    const places = positions.map((one) => one.place);
    const found = await loadSummaries(sql, places, rest, names);
    for (const { at, place } of positions) {
      const summary = found.get(place);
      if (summary === undefined) continue;
      if (items.length === page.limit) return { items, next: lastShown(items, filter) };
      items.push(summary);
      before = at;
    }
    lookedAt += positions.length;
    if (floor === null || lookedAt >= MOST_LOOKED_AT) return { items, next: floor };
    before = floor;
  }
}

/** As places and times of acceptance rise together, a time is found by halving the places. */
async function placeRange(
  sql: ReadSql,
  { since, until }: MessageFilter,
): Promise<{ readonly low: number; readonly high: number }> {
  if (since === undefined && until === undefined) return NO_RANGE;
  return {
    low: since === undefined ? 0 : await placeAt(sql, since - SLACK_MS),
    high: until === undefined ? LAST : await placeAt(sql, until + SLACK_MS),
  };
}

/** The first place that was accepted then or later. */
async function placeAt(sql: ReadSql, time: number): Promise<number> {
  const newest = await sql.get<{ place: number | null }>("SELECT max(place) AS place FROM message");
  const text = "SELECT accepted_at AS at FROM message WHERE place >= $1 ORDER BY place LIMIT 1";
  let [low, high] = [0, (newest?.place ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await sql.get<{ at: number }>(text, middle);
    if (row !== undefined && row.at < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const DIALECT: MessageDialect<SqlValue> = {
  list: (values) => values,
  isIn: (column, list, type) => `${column} = ANY (${list}::${type}[])`,
  code: (table) => `${table}.code`,
  outcomes: "json_each_text(m.outcomes::json)",
  deliveries: "delivery d",
};

/** The summaries of those of these places that the rest of the filter wants too. */
export async function loadSummaries(
  sql: ReadSql,
  places: readonly number[],
  rest: Conditions<SqlValue>,
  names: FlowNames,
): Promise<ReadonlyMap<number, MessageSummary>> {
  if (places.length === 0) return new Map();
  const rows = await sql.all<SummaryColumns>(
    `SELECT m.place, m.flow, m.key, m.state, m.accepted_at, m.finished_at, m.attempts, m.replay, m.file, m.file_row,
     m.outcomes, m.failure FROM message m WHERE m.place = ANY ($1::bigint[]) AND ${rest.text()}`,
    places,
    ...rest.values,
  );
  const deliveries = await sql.all<DeliveryEnd>(
    `SELECT d.message, r.target, d.state, d.outcome, d.failure, d.finished_at FROM delivery d
     JOIN route r ON r.id = d.route WHERE d.message = ANY ($1::bigint[]) ORDER BY d.message, d.id`,
    rows.map((row) => row.place),
  );
  return toSummaries(rows, deliveries, names);
}

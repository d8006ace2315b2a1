import type { MessageFilter, MessageSummary, Page, Paged } from "../../store/queries.ts";
import type { FlowNames } from "../rows/flow-names.ts";
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
import { stateNumber } from "../rows/row.ts";
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
  const rest = restOf(filter, flow, routes);
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

interface Rest {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Every condition of the filter on a row at hand, also those its stream has met: a stream may be wider. */
function restOf(filter: MessageFilter, flow: number | undefined, routes: readonly RouteRow[] | null): Rest {
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
  const end = endOf(filter, routes);
  if (end !== null) add(end.text, ...end.values);
  if (filter.state === "done") add(`m.state = 5 AND NOT ${withDelivery("d.state <> 5")}`);
  else if (filter.state !== undefined) {
    const [is, ...values] =
      filter.state === "open" ? ["state <> 5"] : ["state = ?", stateNumber(filter.state)];
    if (routes === null) add(`(m.${is} OR ${withDelivery(`d.${is}`)})`, ...values, ...values);
    else add(withDelivery(`d.${is} AND ${isOneOf("d.route", routes)}`), ...values, ...idsOf(routes));
  }
  return { text: where.map((one) => ` AND ${one}`).join(""), values };
}

/**
 * How and when it ended, on one route at least: by the message's own outcomes, which tell of the CRM, of topics and of
 * what was left out (`*`: all routes alike), or by a delivery. With a route alone, whether it went there. Null where
 * the filter asks for none of it, or for a state of the route's deliveries.
 */
function endOf(
  { to, outcomes, endedSince, state }: MessageFilter,
  routes: readonly RouteRow[] | null,
): Rest | null {
  const isAboutEnd = outcomes !== undefined || endedSince !== undefined;
  if (!isAboutEnd && (to === undefined || (state !== undefined && state !== "done"))) return null;
  const own: string[] = [];
  const sent: string[] = [];
  const ends = outcomes ?? [];
  const marks = ends.map(() => "?").join();
  if (outcomes !== undefined) {
    own.push(`o.value IN (${marks})`);
    sent.push(`d.outcome IN (${marks})`);
  }
  if (endedSince !== undefined) {
    own.push("m.state = 5 AND m.finished_at >= ?");
    sent.push("d.state = 5 AND d.finished_at >= ?");
  }
  if (to !== undefined && routes !== null) {
    own.push("o.key IN (?, '*')");
    sent.push(isOneOf("d.route", routes));
  }
  const since = endedSince === undefined ? [] : [endedSince];
  return {
    text: `(EXISTS (SELECT 1 FROM json_each(m.outcomes) o WHERE ${own.join(" AND ")}) OR ${withDelivery(sent.join(" AND "))})`,
    values: [
      ...[...ends, ...since, ...(to === undefined ? [] : [to])],
      ...[...ends, ...since, ...(routes === null ? [] : idsOf(routes))],
    ],
  };
}

function isOneOf(column: string, routes: readonly RouteRow[]): string {
  return `${column} IN (${routes.map(() => "?").join()})`;
}

function idsOf(routes: readonly RouteRow[]): readonly number[] {
  return routes.map((route) => route.id);
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

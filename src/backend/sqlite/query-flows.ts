import type { AlertRow } from "../../store/alert-table.ts";
import type { ChainedEntry } from "../../store/audit-table.ts";
import type { AlertFilter, FlowBooks, Page, Paged, Traffic } from "../../store/queries.ts";
import type { SlotRow } from "../../store/slot-table.ts";
import { SELECT_ALERT } from "../rows/alert-row.ts";
import { SELECT_AUDIT } from "../rows/audit-row.ts";
import { booksOf, type TallySum } from "../rows/books.ts";
import { type FlowNames, namesOf } from "../rows/flow-names.ts";
import { cutPage, LAST } from "../rows/page.ts";
import type { Sql } from "./sql.ts";

/** Flows number in tens: they are read anew for each question. */
export function flowNames(sql: Sql): FlowNames {
  return namesOf(sql.all<{ id: number; name: string }>("SELECT id, name FROM flow ORDER BY id"));
}

export function listSlots(sql: Sql, flow: number, page: Page): Paged<SlotRow> {
  const rows = sql.all<SlotRow>(
    `SELECT flow, at, state, started_at AS startedAt, finished_at AS finishedAt, detail FROM slot
     WHERE flow = ? AND at < ? ORDER BY at DESC LIMIT ?`,
    flow,
    page.before ?? LAST,
    page.limit + 1,
  );
  return cutPage(rows, page.limit, (row) => row.at);
}

export function listAudit(sql: Sql, page: Page): Paged<ChainedEntry> {
  const rows = sql.all<ChainedEntry>(
    `${SELECT_AUDIT} WHERE id < ? ORDER BY id DESC LIMIT ?`,
    page.before ?? LAST,
    page.limit + 1,
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

export function listAlerts(sql: Sql, { firing }: AlertFilter, page: Page): Paged<AlertRow> {
  const which = firing === true ? "AND resolved_at IS NULL" : "";
  const rows = sql.all<AlertRow>(
    `${SELECT_ALERT} WHERE id < ? ${which} ORDER BY id DESC LIMIT ?`,
    page.before ?? LAST,
    page.limit + 1,
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

/** Oldest first, behind the entry `after`. */
export function readChain(sql: Sql, after: number, limit: number): readonly ChainedEntry[] {
  return sql.all<ChainedEntry>(`${SELECT_AUDIT} WHERE id > ? ORDER BY id LIMIT ?`, after, limit);
}

/** What came before is read by days, as far as they have been summed, and then by minutes. */
export function readBooks(sql: Sql, flow: number, from: number, to: number): FlowBooks {
  const start = Math.floor(from / 60_000);
  const sums = sql.all<TallySum>(
    `WITH carried (day) AS (SELECT min(?, coalesce((SELECT max(day) + 1 FROM tally_day WHERE flow = ?), 0)))
     SELECT route, outcome, sum(before) AS before, sum(within) AS within FROM (
       SELECT route, outcome, n AS before, 0 AS within FROM tally_day
       WHERE flow = ? AND day < (SELECT day FROM carried)
       UNION ALL SELECT route, outcome, iif(minute < ?, n, 0), iif(minute < ?, 0, n) FROM tally
       WHERE flow = ? AND minute >= (SELECT day FROM carried) * 1440 AND minute < ?) GROUP BY route, outcome`,
    ...[Math.floor(start / 1440), flow, flow, start, start, flow, Math.ceil(to / 60_000)],
  );
  const routes = sql.all<{ id: number; to: string }>(
    'SELECT id, target AS "to" FROM route WHERE flow = ? ORDER BY id',
    flow,
  );
  return booksOf(sums, routes);
}

/**
 * Flow by flow, since the tally is ordered so. A route's "in" counts what "accepted" has counted already. Numbers are
 * bound as floating point ones, by which a division would leave a span for each minute.
 */
export function readTraffic(sql: Sql, from: number, minutes: number): readonly Traffic[] {
  const names = flowNames(sql);
  return names.ids.flatMap((id) =>
    sql.all<Traffic>(
      `SELECT ?1 AS flow, (SELECT r.target FROM route r WHERE r.id = tally.route) AS "to", outcome,
         minute / CAST(?2 AS INTEGER) * CAST(?2 AS INTEGER) * 60000 AS at, sum(n) AS n FROM tally
       WHERE flow = ?3 AND minute >= ?4 AND outcome NOT IN ('in', 'waiting') GROUP BY route, outcome, at`,
      names.nameOf(id),
      minutes,
      id,
      Math.floor(from / 60_000),
    ),
  );
}

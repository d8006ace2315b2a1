import type { AlertRow } from "../../store/alert-table.ts";
import type { ChainedEntry } from "../../store/audit-table.ts";
import type { AlertFilter, FlowBooks, Page, Paged, Traffic } from "../../store/queries.ts";
import type { SlotRow } from "../../store/slot-table.ts";
import { SELECT_ALERT } from "../rows/alert-row.ts";
import { SELECT_AUDIT } from "../rows/audit-row.ts";
import { booksOf, type TallySum } from "../rows/books.ts";
import { type FlowNames, namesOf } from "../rows/flow-names.ts";
import { cutPage, LAST } from "../rows/page.ts";
import { SELECT_SLOT } from "./slot-table.ts";
import type { ReadSql } from "./sql.ts";

/** Flows number in tens: they are read anew for each question. */
export async function flowNames(sql: ReadSql): Promise<FlowNames> {
  return namesOf(await sql.all<{ id: number; name: string }>("SELECT id, name FROM flow ORDER BY id"));
}

export async function listSlots(sql: ReadSql, flow: number, page: Page): Promise<Paged<SlotRow>> {
  const rows = await sql.all<SlotRow>(
    `${SELECT_SLOT} WHERE flow = $1 AND at < $2 ORDER BY at DESC LIMIT $3`,
    ...[flow, page.before ?? LAST, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.at);
}

export async function listAudit(sql: ReadSql, page: Page): Promise<Paged<ChainedEntry>> {
  const rows = await sql.all<ChainedEntry>(
    `${SELECT_AUDIT} WHERE id < $1 ORDER BY id DESC LIMIT $2`,
    ...[page.before ?? LAST, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

export async function listAlerts(
  sql: ReadSql,
  { firing }: AlertFilter,
  page: Page,
): Promise<Paged<AlertRow>> {
  const which = firing === true ? "AND resolved_at IS NULL" : "";
  const rows = await sql.all<AlertRow>(
    `${SELECT_ALERT} WHERE id < $1 ${which} ORDER BY id DESC LIMIT $2`,
    ...[page.before ?? LAST, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

/** Oldest first, behind the entry `after`. */
export function readChain(sql: ReadSql, after: number, limit: number): Promise<readonly ChainedEntry[]> {
  return sql.all<ChainedEntry>(`${SELECT_AUDIT} WHERE id > $1 ORDER BY id LIMIT $2`, ...[after, limit]);
}

/** What came before is read by days, as far as they have been summed, and then by minutes. */
export async function readBooks(sql: ReadSql, flow: number, from: number, to: number): Promise<FlowBooks> {
  const sums = await sql.all<TallySum>(
    `WITH carried (day) AS (
       SELECT least($2::bigint / 1440, coalesce((SELECT max(day) + 1 FROM tally_day WHERE flow = $1), 0)))
     SELECT route, outcome, sum(before)::bigint AS before, sum(within)::bigint AS within FROM (
       SELECT route, outcome, n AS before, 0 AS within FROM tally_day
       WHERE flow = $1 AND day < (SELECT day FROM carried)
       UNION ALL SELECT route, outcome, CASE WHEN minute < $2 THEN n ELSE 0 END, CASE WHEN minute < $2 THEN 0 ELSE n END
       FROM tally WHERE flow = $1 AND minute >= (SELECT day FROM carried) * 1440 AND minute < $3) AS counted
     GROUP BY route, outcome`,
    ...[flow, Math.floor(from / 60_000), Math.ceil(to / 60_000)],
  );
  const routes = await sql.all<{ id: number; to: string }>(
    'SELECT id, target AS "to" FROM route WHERE flow = $1 ORDER BY id',
    flow,
  );
  return booksOf(sums, routes);
}

/** Flow by flow, since the tally is ordered so. A route's "in" counts what "accepted" has counted already. */
export async function readTraffic(sql: ReadSql, from: number, minutes: number): Promise<readonly Traffic[]> {
  return sql.all<Traffic>(
    `SELECT f.name AS flow, r.target AS "to", t.outcome, t.at, t.n FROM flow f CROSS JOIN LATERAL (
       SELECT route, outcome, minute / $2::bigint * $2::bigint * 60000 AS at, sum(n)::bigint AS n FROM tally
       WHERE flow = f.id AND minute >= $1 AND outcome NOT IN ('in', 'waiting') GROUP BY 1, 2, 3) t
     LEFT JOIN route r ON r.id = t.route ORDER BY f.id`,
    ...[Math.floor(from / 60_000), minutes],
  );
}

import { HubError } from "../../errors.ts";
import type { AuditEntry } from "../../store/audit-table.ts";
import type { FlowBooks, Page, Paged, RouteBooks } from "../../store/queries.ts";
import type { SlotRow } from "../../store/slot-table.ts";
import type { Sql } from "./sql.ts";

export interface FlowNames {
  readonly ids: readonly number[];
  nameOf(id: number): string;
  /** @throws HubError TL_NOT_FOUND */
  idOf(name: string): number;
}

/** Flows number in tens: they are read anew for each question. */
export function flowNames(sql: Sql): FlowNames {
  const rows = sql.all<{ id: number; name: string }>("SELECT id, name FROM flow ORDER BY id");
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return {
    ids: rows.map((row) => row.id),
    nameOf: (id) => names.get(id) ?? `flow ${id}`,
    idOf(name) {
      const row = rows.find((one) => one.name === name);
      if (row === undefined) throw new HubError("TL_NOT_FOUND", "there is no flow of this name");
      return row.id;
    },
  };
}

/** Page numbers are positive and safe; no page before the first one lies above this. */
export const LAST = Number.MAX_SAFE_INTEGER;

/** Cuts a list that was read with one row too many, and says where the next page begins. */
export function cutPage<Item>(rows: readonly Item[], limit: number, at: (item: Item) => number): Paged<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? at(last) : null };
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

export function listAudit(sql: Sql, page: Page): Paged<AuditEntry & { readonly id: number }> {
  const rows = sql.all<AuditEntry & { id: number }>(
    "SELECT id, at, actor, act, target, detail, reason FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
    page.before ?? LAST,
    page.limit + 1,
  );
  return cutPage(rows, page.limit, (row) => row.id);
}

export function oldestByFlow(sql: Sql): readonly { readonly flow: string; readonly at: number }[] {
  const names = flowNames(sql);
  return names.ids.flatMap((id) => {
    const row = sql.get<{ at: number }>(
      "SELECT accepted_at AS at FROM message INDEXED BY message_queued WHERE state = 0 AND flow = ? ORDER BY place LIMIT 1",
      id,
    );
    return row === undefined ? [] : [{ flow: names.nameOf(id), at: row.at }];
  });
}

interface TallySum {
  route: number;
  outcome: string;
  before: number;
  within: number;
}

/**
 * Tally rows of route 0 are about the flow as a whole ("accepted", "refused"); a route's own "in", where there is one,
 * counts from the day the route was added.
 */
export function readBooks(sql: Sql, flow: number, from: number, to: number): FlowBooks {
  const start = Math.floor(from / 60_000);
  const sums = sql.all<TallySum>(
    `SELECT route, outcome, sum(CASE WHEN minute < ? THEN n ELSE 0 END) AS before,
     sum(CASE WHEN minute < ? THEN 0 ELSE n END) AS within
     FROM tally WHERE flow = ? AND minute < ? GROUP BY route, outcome`,
    start,
    start,
    flow,
    Math.ceil(to / 60_000),
  );
  const find = (route: number, outcome: string): TallySum | undefined =>
    sums.find((one) => one.route === route && one.outcome === outcome);
  const routes = sql.all<{ id: number; to: string }>(
    'SELECT id, target AS "to" FROM route WHERE flow = ? ORDER BY id',
    flow,
  );
  return {
    accepted: find(0, "accepted")?.within ?? 0,
    duplicate: find(0, "duplicate")?.within ?? 0,
    refused: find(0, "refused")?.within ?? 0,
    routes: routes.map(({ id, to: target }) =>
      balance(
        target,
        find(id, "in") ?? find(0, "accepted"),
        sums.filter((one) => one.route === id && ends(one.outcome)),
      ),
    ),
  };
}

function ends(outcome: string): boolean {
  return outcome !== "in" && outcome !== "waiting";
}

function balance(to: string, entered: TallySum | undefined, ended: readonly TallySum[]): RouteBooks {
  const opening = (entered?.before ?? 0) - sum(ended.map((one) => one.before));
  const entering = entered?.within ?? 0;
  const outcomes = Object.fromEntries(
    ended.filter((one) => one.within !== 0).map((one) => [one.outcome, one.within]),
  );
  return {
    to,
    opening,
    in: entering,
    outcomes,
    closing: opening + entering - sum(ended.map((one) => one.within)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

import type { ErrorGroup, ErrorGroupFilter, ErrorGroups } from "../../store/queries.ts";
import {
  type Cause,
  countedOfEach,
  failingOf,
  type GroupRow,
  MOST_GROUPS,
  type NewestRow,
  type Scope,
  scopeId,
  scopesOf,
  toErrorGroup,
  trendFrom,
} from "../rows/error-group.ts";
import { type MuteRow, mutesOf } from "../rows/mute.ts";
import { type RouteRow, SELECT_ROUTES } from "../rows/routes.ts";
import { stateNumber } from "../rows/row.ts";
import { readMutes } from "./mute-table.ts";
import { flowNames } from "./query-flows.ts";
import type { Sql } from "./sql.ts";

/**
 * What fails, by cause. Everything is read in the indexes of what fails: from one cause to the next, and then its
 * members, as far as they are counted. Of the tables themselves one row of each group is read.
 */
export function readErrorGroups(sql: Sql, filter: ErrorGroupFilter): ErrorGroups {
  const names = flowNames(sql);
  const flows = filter.flow === undefined ? names.ids : [names.idOf(filter.flow)];
  // What was rejected has no delivery.
  const routes = filter.state === "rejected" ? [] : sql.all<RouteRow>(SELECT_ROUTES);
  const mutes = readMutes(sql, filter.now);
  const causes = scopesOf(flows, routes)
    .flatMap((scope) => causesOf(sql, scope, mutes))
    .filter(({ muted }) => filter.muted === undefined || filter.muted === (muted !== null));
  const state = stateNumber(filter.state === "parked" ? "parked" : "done");
  const known = causes.flatMap((cause) => {
    const newest = newestOf(sql, cause);
    return newest?.state === state ? [{ cause, newest }] : [];
  });
  const shown = known.slice(0, MOST_GROUPS);
  const counted = countedOfEach(shown.length);
  const groups = shown.flatMap(({ cause, newest }): readonly ErrorGroup[] => {
    const row = countOf(sql, cause, counted, filter.now);
    return row === undefined
      ? []
      : [toErrorGroup(cause, names.nameOf(cause.scope.flow), newest, row, counted)];
  });
  return { groups, complete: known.length <= MOST_GROUPS };
}

/** From one to the next along the index. */
export function causesOf(sql: Sql, scope: Scope, mutes: readonly MuteRow[]): readonly Cause[] {
  const members = membersOf(scope);
  const muted = mutesOf(mutes, scope);
  return sql
    .all<{ fingerprint: string }>(
      `WITH RECURSIVE found (fingerprint) AS (
         SELECT min(fingerprint) FROM ${members}
         UNION ALL SELECT (SELECT min(fingerprint) FROM ${members} AND fingerprint > found.fingerprint)
         FROM found WHERE found.fingerprint IS NOT NULL)
       SELECT fingerprint FROM found WHERE fingerprint IS NOT NULL LIMIT ?2`,
      scopeId(scope),
      2 * MOST_GROUPS,
    )
    .map(({ fingerprint }) => ({ scope, fingerprint, muted: muted.get(fingerprint) ?? null }));
}

function newestOf(sql: Sql, { scope, fingerprint }: Cause): NewestRow | undefined {
  const { place } = failingOf(scope);
  return sql.get<NewestRow>(
    `SELECT ${place} AS place, state, failure FROM ${membersOf(scope)} AND fingerprint = ?2 ORDER BY ${place} DESC LIMIT 1`,
    scopeId(scope),
    fingerprint,
  );
}

/** A message that waits for a person with two deliveries of one route counts once. */
function countOf(sql: Sql, { scope, fingerprint }: Cause, most: number, now: number): GroupRow | undefined {
  const { place, at } = failingOf(scope);
  const members = `${membersOf(scope)} AND fingerprint = ?2`;
  return sql.get<GroupRow>(
    `WITH members AS MATERIALIZED (SELECT ${place} AS place, ${at} AS at, key FROM ${members} ORDER BY ${place} DESC LIMIT ?3)
     SELECT count(DISTINCT place) AS count, count(DISTINCT key) AS keys, max(at) AS newest,
       (SELECT ${at} FROM ${members} ORDER BY ${place} LIMIT 1) AS oldest,
       (SELECT json_group_array(json_array(hour, n)) FROM (SELECT CAST((at - ?4) / 3600000 AS INTEGER) AS hour,
          count(*) AS n FROM members WHERE at >= ?4 GROUP BY 1)) AS hours FROM members HAVING count(*) > 0`,
    scopeId(scope),
    fingerprint,
    most,
    trendFrom(now),
  );
}

export function membersOf(scope: Scope): string {
  const { table, scope: column } = failingOf(scope);
  return `${table} INDEXED BY ${table}_failing WHERE fingerprint IS NOT NULL AND ${column} = ?1`;
}

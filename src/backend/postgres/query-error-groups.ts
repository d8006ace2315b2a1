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
import type { ReadSql } from "./sql.ts";

/**
 * What fails, by cause. Everything is read in the indexes of what fails: from one cause to the next, and then its
 * members, as far as they are counted. Of the tables themselves one row of each group is read.
 */
export async function readErrorGroups(sql: ReadSql, filter: ErrorGroupFilter): Promise<ErrorGroups> {
  const names = await flowNames(sql);
  const flows = filter.flow === undefined ? names.ids : [names.idOf(filter.flow)];
  // What was rejected has no delivery.
  const routes = filter.state === "rejected" ? [] : await sql.all<RouteRow>(SELECT_ROUTES);
  const mutes = await readMutes(sql, filter.now);
  const scopes = scopesOf(flows, routes);
  const causes = (await Promise.all(scopes.map((scope) => causesOf(sql, scope, mutes))))
    .flat()
    .filter(({ muted }) => filter.muted === undefined || filter.muted === (muted !== null));
  const state = stateNumber(filter.state === "parked" ? "parked" : "done");
  const newest = await Promise.all(causes.map((cause) => newestOf(sql, cause)));
  const known = causes.flatMap((cause, index) => {
    const row = newest[index];
    return row?.state === state ? [{ cause, row }] : [];
  });
  const shown = known.slice(0, MOST_GROUPS);
  const counted = countedOfEach(shown.length);
  const rows = await Promise.all(shown.map(({ cause }) => countOf(sql, cause, counted, filter.now)));
  const groups = shown.flatMap(({ cause, row }, index): readonly ErrorGroup[] => {
    const found = rows[index];
    return found === undefined
      ? []
      : [toErrorGroup(cause, names.nameOf(cause.scope.flow), row, found, counted)];
  });
  return { groups, complete: known.length <= MOST_GROUPS };
}

/** From one to the next along the index. */
export async function causesOf(
  sql: ReadSql,
  scope: Scope,
  mutes: readonly MuteRow[],
): Promise<readonly Cause[]> {
  const members = membersOf(scope);
  const muted = mutesOf(mutes, scope);
  const rows = await sql.all<{ fingerprint: string }>(
    `WITH RECURSIVE found (fingerprint) AS (
       SELECT min(fingerprint) FROM ${members}
       UNION ALL SELECT (SELECT min(fingerprint) FROM ${members} AND fingerprint > found.fingerprint)
       FROM found WHERE found.fingerprint IS NOT NULL)
     SELECT fingerprint FROM found WHERE fingerprint IS NOT NULL LIMIT $2`,
    ...[scopeId(scope), 2 * MOST_GROUPS],
  );
  return rows.map(({ fingerprint }) => ({ scope, fingerprint, muted: muted.get(fingerprint) ?? null }));
}

function newestOf(sql: ReadSql, { scope, fingerprint }: Cause): Promise<NewestRow | undefined> {
  const { place } = failingOf(scope);
  return sql.get<NewestRow>(
    `SELECT ${place} AS place, state, failure FROM ${membersOf(scope)} AND fingerprint = $2 ORDER BY ${place} DESC LIMIT 1`,
    ...[scopeId(scope), fingerprint],
  );
}

/** A message that waits for a person with two deliveries of one route counts once. */
function countOf(
  sql: ReadSql,
  { scope, fingerprint }: Cause,
  most: number,
  now: number,
): Promise<GroupRow | undefined> {
  const { place, at } = failingOf(scope);
  const members = `${membersOf(scope)} AND fingerprint = $2`;
  return sql.get<GroupRow>(
    `WITH members AS MATERIALIZED (SELECT ${place} AS place, ${at} AS at, key FROM ${members} ORDER BY ${place} DESC LIMIT $3),
       hours AS (SELECT (at - $4::bigint) / 3600000 AS hour, count(*) AS n FROM members WHERE at >= $4::bigint GROUP BY 1)
     SELECT count(DISTINCT place) AS count, count(DISTINCT key) AS keys, max(at) AS newest,
       (SELECT ${at} FROM ${members} ORDER BY ${place} LIMIT 1) AS oldest,
       (SELECT coalesce(json_agg(json_build_array(hour, n)), '[]')::text FROM hours) AS hours
     FROM members HAVING count(*) > 0`,
    ...[scopeId(scope), fingerprint, most, trendFrom(now)],
  );
}

export function membersOf(scope: Scope): string {
  const { table, scope: column } = failingOf(scope);
  return `${table} WHERE fingerprint IS NOT NULL AND ${column} = $1`;
}

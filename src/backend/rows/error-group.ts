import type { Failure } from "../../errors.ts";
import type { ErrorGroup } from "../../store/queries.ts";
import type { RouteRow } from "./routes.ts";

/** So many groups are looked for; there are more only where texts of failures have names in them. */
export const MOST_GROUPS = 200;

/** Members of all groups that are counted, shared among them, and of one: a count must not grow with what is stored. */
const MOST_COUNTED = 100_000;
const MOST_OF_ONE = 10_000;

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** What fails in one place: a flow's messages (route null), or the deliveries of one of its routes. */
export interface Scope {
  readonly flow: number;
  readonly route: number | null;
  readonly to: string | null;
}

/** Where to look for what fails: at flows, and at these of their routes. */
export function scopesOf(flows: readonly number[], routes: readonly RouteRow[]): readonly Scope[] {
  return flows.flatMap((flow) => [
    { flow, route: null, to: null },
    ...routes
      .filter((route) => route.flow === flow)
      .map((route) => ({ flow, route: route.id, to: route.to })),
  ]);
}

/** A table of what fails, by the names its columns have. */
export interface Failing {
  readonly table: "message" | "delivery";
  readonly scope: "flow" | "route";
  readonly place: "place" | "message";
  readonly at: "accepted_at" | "created_at";
}

export function failingOf({ route }: Scope): Failing {
  return route === null
    ? { table: "message", scope: "flow", place: "place", at: "accepted_at" }
    : { table: "delivery", scope: "route", place: "message", at: "created_at" };
}

export function scopeId({ flow, route }: Scope): number {
  return route ?? flow;
}

/** One of the causes that a scope has, with what its newest member tells. */
export interface Cause {
  readonly scope: Scope;
  readonly fingerprint: string;
  readonly muted: ErrorGroup["muted"];
}

export interface NewestRow {
  readonly place: number;
  readonly state: number;
  readonly failure: string;
}

/** The members of a group, as far as they are counted; times are milliseconds since 1970. */
export interface GroupRow {
  readonly count: number;
  readonly keys: number;
  readonly oldest: number;
  readonly newest: number;
  /** JSON: pairs of an hour, counted from the first, and how many came in it. */
  readonly hours: string;
}

/** Members that are counted of each of so many groups. */
export function countedOfEach(groups: number): number {
  return Math.min(MOST_OF_ONE, Math.max(MOST_OF_ONE / 10, Math.floor(MOST_COUNTED / Math.max(1, groups))));
}

/** Where the first of the hours begins that a trend shows. */
export function trendFrom(now: number): number {
  return now - HOURS * HOUR_MS;
}

export function toErrorGroup(
  { scope, fingerprint, muted }: Cause,
  flow: string,
  newest: NewestRow,
  row: GroupRow,
  counted: number,
): ErrorGroup {
  const perHour = Array.from({ length: HOURS }, () => 0);
  for (const [hour, n] of JSON.parse(row.hours) as [number, number][]) if (hour < HOURS) perHour[hour] = n;
  return {
    flow,
    to: scope.to,
    cause: { fingerprint, route: scope.route },
    failure: JSON.parse(newest.failure) as Failure,
    sample: newest.place,
    count: row.count,
    more: row.count >= counted,
    ...{ keys: row.keys, oldest: row.oldest, newest: row.newest, perHour, muted },
  };
}

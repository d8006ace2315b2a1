import type { ErrorGroup } from "../../store/queries.ts";
import type { Scope } from "./error-group.ts";

/** A mute that holds; `route` 0: of the flow's messages. */
export interface MuteRow {
  readonly flow: number;
  readonly route: number;
  readonly fingerprint: string;
  readonly until: number | null;
  readonly by: string;
  readonly at: number;
}

export const SELECT_MUTES = "SELECT flow, route, fingerprint, until, by, at FROM muted_cause";

/** The mutes of a scope by fingerprint. They are few: each was made by a person. */
export function mutesOf(
  rows: readonly MuteRow[],
  { flow, route }: Scope,
): ReadonlyMap<string, NonNullable<ErrorGroup["muted"]>> {
  const own = rows.filter((row) => row.flow === flow && row.route === (route ?? 0));
  return new Map(own.map(({ fingerprint, until, by, at }) => [fingerprint, { until, by, at }]));
}

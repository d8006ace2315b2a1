import { HubError } from "../../errors.ts";

/** A route as the store has it. */
export interface RouteRow {
  readonly id: number;
  readonly flow: number;
  readonly to: string;
}

export const SELECT_ROUTES = 'SELECT id, flow, target AS "to" FROM route ORDER BY id';

/**
 * The routes of these flows that go to a target.
 * @throws HubError TL_NOT_FOUND when none does
 */
export function routesTo(
  routes: readonly RouteRow[],
  to: string,
  flows: readonly number[],
): readonly RouteRow[] {
  const found = routes.filter((route) => route.to === to && flows.includes(route.flow));
  if (found.length === 0) throw new HubError("TL_NOT_FOUND", "there is no route of this name");
  return found;
}

import type { ReplayPlan } from "../store/message-table.ts";

/** Whether an item concerns a route: always, unless it is a replay for others alone. */
export function goesTo(plan: ReplayPlan | null, route: string): boolean {
  return plan === null || plan.routes.length === 0 || plan.routes.includes(route);
}

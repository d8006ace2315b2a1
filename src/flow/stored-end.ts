import type { MessageChange, NewMessage, ReplayPlan } from "../store/message-table.ts";
import { goesTo } from "./goes-to.ts";
import type { LiveFlow } from "./live-flow.ts";
import type { Fate } from "./settlement.ts";

/** What a fate says of a stored message, whether it is stored with it or was there before. */
type StoredEnd = Pick<MessageChange, "state"> &
  Pick<NewMessage, "nextAt" | "attempts" | "failure" | "outcomes">;

/** Members that a fate says nothing of are missing. @param ends the outcome of each route, where the item is done */
export function storedEnd(fate: Fate, ends: Readonly<Record<string, string>>, flow: LiveFlow): StoredEnd {
  switch (fate.kind) {
    case "done":
      return { state: "done", outcomes: withoutWaiting(flow, ends) };
    case "hold":
      return { state: "held" };
    case "wait":
      return { state: "waiting", attempts: fate.attempts, nextAt: fate.nextAt, failure: fate.failure };
    case "park":
      return { state: "parked", attempts: fate.attempts, failure: fate.failure };
    case "reject":
      return {
        state: "done",
        attempts: fate.attempts,
        failure: fate.failure,
        outcomes: everywhere(flow, "rejected"),
      };
  }
}

/** The same outcome on all routes that an item concerns. */
export function everywhere(
  flow: LiveFlow,
  outcome: string,
  plan: ReplayPlan | null = null,
): Record<string, string> {
  const routes = flow.routes.filter(({ to }) => goesTo(plan, to));
  return Object.fromEntries(routes.map(({ to }) => [to, outcome]));
}

/** In the order of the routes, so that messages that end alike are stored by one statement. */
function withoutWaiting(flow: LiveFlow, ends: Readonly<Record<string, string>>): Record<string, string> {
  const ended: Record<string, string> = {};
  for (const route of flow.routes) {
    const outcome = ends[route.to];
    if (outcome !== undefined && outcome !== "waiting") ended[route.to] = outcome;
  }
  return ended;
}

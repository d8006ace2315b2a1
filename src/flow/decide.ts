import { HubError } from "../errors.ts";
import { fateOf } from "./fate.ts";
import type { Item } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";
import type { Fate, SettleEnvironment } from "./settlement.ts";

/** Before any write: who is held behind whom, and what becomes of those that failed already. */
export function decide(flow: LiveFlow, items: readonly Item[], env: SettleEnvironment): Fate[] {
  const ordered = flow.definition.carries === "change";
  const failedHere = new Set<string>();
  return items.map((item) => {
    if (ordered && item.key !== null) {
      const by = env.blocked.by(-flow.id, item.key);
      const behind = (by !== undefined && by !== item.place) || failedHere.has(item.key);
      if (behind) return { kind: "hold" };
    }
    if (!(item.result instanceof HubError)) return { kind: "done" };
    const origin = { attempts: item.attempts, acceptedAt: item.acceptedAt, fromFile: item.slice !== null };
    const fate = fateOf(item.result, origin, flow.definition, env.now, env.random());
    if (ordered && item.key !== null && blocks(flow, fate)) failedHere.add(item.key);
    return fate;
  });
}

/** Whether what follows with the same key must wait for an item with this fate. */
export function blocks(flow: LiveFlow, fate: Fate): boolean {
  if (fate.kind === "wait") return true;
  return fate.kind === "park" && flow.routes.some((route) => route.definition.onPark === "block");
}

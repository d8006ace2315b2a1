import type { ReplayOptions, ReplayPlanReport } from "../control/engine.ts";
import { HubError } from "../errors.ts";
import { messageId } from "../message/id.ts";
import type { SelectedMessage } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { LiveFlow } from "./live-flow.ts";
import type { FlowRegistry } from "./registry.ts";
import { trailEntry } from "./trail.ts";

/** What a replay would touch. */
export function reportReplay(selected: readonly SelectedMessage[]): ReplayPlanReport {
  const keys = new Set(selected.map((message) => `${message.flow} ${message.key ?? message.place}`));
  return {
    matched: selected.length,
    keys: keys.size,
    oldest: selected[0]?.acceptedAt ?? null,
    newest: selected.at(-1)?.acceptedAt ?? null,
    sample: selected.slice(0, 10).map((message) => messageId(message.place)),
  };
}

/**
 * Puts messages on the queue again. They keep their place, so they take effect in accepted order among each other, and
 * what is older than what was applied since ends as stale. Parked deliveries are ended: the replay makes new ones.
 * Messages that are still under way are left alone.
 */
export async function replay(
  tx: Tx,
  selected: readonly SelectedMessage[],
  options: ReplayOptions,
  flows: FlowRegistry,
  now: number,
): Promise<readonly SelectedMessage[]> {
  const taken: SelectedMessage[] = [];
  for (const message of selected) {
    const flow = flows.current(message.flow);
    if (flow === undefined) {
      throw new HubError("TL_CONFLICT", `the flow of ${messageId(message.place)} is not in force`, {
        cure: "Put the flow's folder back, then replay.",
      });
    }
    if (message.state !== "done" && message.state !== "parked") continue;
    const parkedRoutes = await endParkedDeliveries(tx, message, now);
    const routes = options.routes.length > 0 ? options.routes : routesToRepeat(message, parkedRoutes);
    const version = options.version === "same" ? message.flowVersion : flow.version;
    await tx.messages.replay([message.place], version, { routes, allowStale: options.allowStale });
    await tx.messages.trail([trailEntry(message.place, now, "replayed", describe(options, routes))]);
    await booksAgain(tx, message, flow, parkedRoutes, routes, now);
    taken.push(message);
  }
  return taken;
}

/** Only the routes that did not end well; all (an empty list) when none is known to have ended badly. */
function routesToRepeat(message: SelectedMessage, parkedRoutes: readonly string[]): readonly string[] {
  if (message.state === "parked") return [];
  const bad = Object.entries(message.outcomes ?? {}).filter(
    ([, outcome]) => outcome === "rejected" || outcome === "parked",
  );
  return [...parkedRoutes, ...bad.map(([route]) => route)];
}

async function endParkedDeliveries(
  tx: Tx,
  message: SelectedMessage,
  now: number,
): Promise<readonly string[]> {
  const parked = (await tx.deliveries.ofMessage(message.place)).filter(
    (delivery) => delivery.state === "parked",
  );
  if (parked.length === 0) return [];
  const names = new Map((await tx.flows.routes()).map((route) => [route.id, route.to]));
  await tx.deliveries.change(
    parked.map((delivery) => ({
      id: delivery.id,
      state: "done",
      attempts: delivery.attempts,
      nextAt: null,
      outcome: "superseded",
      failure: null,
      answer: "replayed",
      at: now,
    })),
  );
  for (const delivery of parked) {
    if (delivery.key !== null) await tx.messages.unblock(delivery.route, delivery.key, delivery.id);
  }
  return parked.map((delivery) => names.get(delivery.route) ?? "");
}

/** What was parked or rejected is waiting again; what had ended well comes in a second time. */
async function booksAgain(
  tx: Tx,
  message: SelectedMessage,
  flow: LiveFlow,
  parkedRoutes: readonly string[],
  routes: readonly string[],
  now: number,
): Promise<void> {
  let again = false;
  for (const route of flow.routes) {
    if (routes.length > 0 && !routes.includes(route.to)) continue;
    const before =
      message.state === "parked" || parkedRoutes.includes(route.to) ? "parked" : message.outcomes?.[route.to];
    if (before === "parked" || before === "rejected") {
      await tx.tallies.add(now, [{ flow: flow.id, route: route.id, outcome: before, n: -1 }]);
    } else again = true;
    if (message.file !== null && before !== undefined)
      await tx.files.shift(message.file, route.to, before, "waiting", 1);
  }
  if (again) await tx.tallies.add(now, [{ flow: flow.id, route: 0, outcome: "accepted", n: 1 }]);
}

function describe(options: ReplayOptions, routes: readonly string[]): string {
  const parts = [`flow version: ${options.version}`];
  if (routes.length > 0) parts.push(`routes: ${routes.join(", ")}`);
  if (options.allowStale) parts.push("also older than applied");
  return parts.join("; ");
}

import type { ReplayOptions, ReplayPlanReport } from "../control/engine.ts";
import { HubError } from "../errors.ts";
import { messageId } from "../message/id.ts";
import type { StoredDelivery } from "../store/delivery-table.ts";
import type { SelectedMessage } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import { goesTo } from "./goes-to.ts";
import type { LiveFlow } from "./live-flow.ts";
import { endOf, keptInLine } from "./place-in-line.ts";
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
 * what is older than what was applied since ends as stale. Parked deliveries are sent again, as the replay makes them.
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
  const blockers = blockersOf(tx);
  for (const message of selected) {
    const flow = flows.current(message.flow);
    if (flow === undefined) {
      throw new HubError("TL_CONFLICT", `the flow of ${messageId(message.place)} is not in force`, {
        cure: "Put the flow's folder back, then replay.",
      });
    }
    if (message.state !== "done" && message.state !== "parked") continue;
    const parked = await parkedDeliveries(tx, message);
    const parkedRoutes = await routesOf(tx, parked);
    const routes = options.routes.length > 0 ? options.routes : routesToRepeat(message, parkedRoutes);
    const version = options.version === "same" ? message.flowVersion : flow.version;
    await tx.messages.replay([message.place], version, { routes, allowStale: options.allowStale });
    if (parked.length > 0) await makeWay(tx, parked, await blockers(), now);
    await tx.messages.trail([trailEntry(message.place, now, "replayed", describe(options, routes))]);
    await booksAgain(tx, message, flow, parkedRoutes, routes, now);
    taken.push(message);
  }
  return taken;
}

/**
 * Only the routes that did not end well; all (an empty list) when none is known to have ended badly. What is parked itself
 * failed on its way to all routes, or to those that its last replay was for.
 */
function routesToRepeat(message: SelectedMessage, parkedRoutes: readonly string[]): readonly string[] {
  if (message.state === "parked") return message.plan?.routes ?? [];
  const bad = Object.entries(message.outcomes ?? {}).filter(
    ([, outcome]) => outcome === "rejected" || outcome === "parked",
  );
  return [...parkedRoutes, ...bad.map(([route]) => route)];
}

/** Deliveries that wait for a person, or for a replay that could not be mapped and is parked itself. */
async function parkedDeliveries(tx: Tx, message: SelectedMessage): Promise<readonly StoredDelivery[]> {
  if (message.state === "parked")
    return message.replay === 0 ? [] : keptInLine(tx, message.place, message.replay);
  const all = await tx.deliveries.ofMessage(message.place);
  return all.filter((delivery) => delivery.state === "parked");
}

async function routesOf(tx: Tx, deliveries: readonly StoredDelivery[]): Promise<readonly string[]> {
  if (deliveries.length === 0) return [];
  const names = new Map((await tx.flows.routes()).map((route) => [route.id, route.to]));
  return deliveries.map((delivery) => names.get(delivery.route) ?? "");
}

/** Those that hold back their key keep their place for the new delivery; the others end. */
async function makeWay(
  tx: Tx,
  deliveries: readonly StoredDelivery[],
  blockers: ReadonlySet<number>,
  now: number,
): Promise<void> {
  const keep = deliveries.filter(({ id }) => blockers.has(id));
  const end = deliveries.filter(({ id }) => !blockers.has(id));
  if (keep.length > 0) await tx.deliveries.holdForReplay(keep.map(({ id }) => id));
  if (end.length > 0) await tx.deliveries.change(end.map((one) => endOf(one, "superseded", now)));
}

/** Deliveries that hold back those behind them; read once, when it is asked for. */
function blockersOf(tx: Tx): () => Promise<ReadonlySet<number>> {
  let read: Promise<ReadonlySet<number>> | undefined;
  return () => {
    read ??= tx.messages
      .blocked()
      .then((rows) => new Set(rows.filter(({ scope }) => scope > 0).map(({ by }) => by)));
    return read;
  };
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
      (message.state === "parked" && goesTo(message.plan, route.to)) || parkedRoutes.includes(route.to)
        ? "parked"
        : message.outcomes?.[route.to];
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

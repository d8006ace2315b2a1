import type { MessageChange, ReplayPlan, TrailEntry } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import { applyRoutes } from "./apply-routes.ts";
import { blocks, decide } from "./decide.ts";
import type { Item, ItemEnd } from "./item.ts";
import { Ledger } from "./ledger.ts";
import type { LiveFlow } from "./live-flow.ts";
import { type Published, publish } from "./publish.ts";
import type { Fate, Settled, SettleEnvironment } from "./settlement.ts";
import { type Inserted, insertDeliveries, storeRows } from "./store-rows.ts";
import { everywhere, storedEnd } from "./stored-end.ts";
import { type Superseded, supersedeOlder } from "./supersede.ts";
import { describeFailure, trailEntry } from "./trail.ts";

/**
 * The one transaction of a transform (design: CRM effect, one delivery per other route, end of the message, books).
 * Runs inside the caller's store transaction.
 * @throws RefusedItems when the caller must roll back and come again
 */
export async function settle(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  env: SettleEnvironment,
): Promise<Settled> {
  const fates = decide(flow, items, env);
  const applied = await applyRoutes(tx, flow, items, fates, env);
  const places = await storeRows(tx, flow, items, fates, applied.outcomes, env);
  const inserted = await insertDeliveries(tx, flow, items, fates, places, applied.outcomes, env);
  const superseded = await supersedeOlder(tx, flow, items, fates, places, env);
  const published = await publish(tx, flow, applied.topics, env);
  return await close(
    tx,
    flow,
    items,
    fates,
    places,
    applied.outcomes,
    { ...inserted, superseded, published },
    env,
  );
}

interface Side extends Inserted {
  readonly superseded: readonly Superseded[];
  readonly published: Published;
}

/** Ends the messages, writes books and history, marks and clears blocked keys. */
async function close(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  places: readonly (number | null)[],
  outcomes: readonly Record<string, string>[],
  side: Side,
  env: SettleEnvironment,
): Promise<Settled> {
  const ledger = new Ledger(flow);
  const changes: MessageChange[] = [];
  const trail: TrailEntry[] = [];
  const block: { scope: number; key: string; by: number }[] = [];
  const unblock: { scope: number; key: string; by: number }[] = [...side.released];
  const ends: ItemEnd[] = [];
  let wakeAt: number | null = null;

  for (const [index, item] of items.entries()) {
    const fate = fates[index] as Fate;
    const place = places[index] ?? null;
    const routes = endsOf(flow, fate, outcomes[index] ?? {}, item.plan);
    ends.push({ routes });
    ledger.item(item, routes);
    if (place !== null) {
      if (item.place !== null) changes.push(messageChange(item, fate, outcomes[index] ?? {}, flow, env.now));
      const step = trailStep(place, fate, env.now);
      if (step !== null) trail.push(step);
    }
    if (fate.kind === "wait") wakeAt = Math.min(wakeAt ?? fate.nextAt, fate.nextAt);
    if (item.key === null || place === null || fate.kind === "hold") continue;
    if (blocks(flow, fate) && flow.definition.carries === "change") {
      if (env.blocked.by(-flow.id, item.key) === undefined)
        block.push({ scope: -flow.id, key: item.key, by: place });
    } else if (env.blocked.by(-flow.id, item.key) === place) {
      unblock.push({ scope: -flow.id, key: item.key, by: place });
    }
  }
  for (const gone of side.superseded) ledger.superseded(gone.route, gone.wasParked, gone.file);
  for (const gone of side.superseded) {
    if (gone.route === null) trail.push(trailEntry(gone.message, env.now, "superseded", null));
  }

  if (changes.length > 0) await tx.messages.change(changes);
  if (trail.length > 0) await tx.messages.trail(trail);
  for (const one of block) await tx.messages.block(one.scope, one.key, one.by, env.now);
  for (const one of unblock) await tx.messages.unblock(one.scope, one.key, one.by);
  await ledger.write(tx, env.now);
  return {
    ends,
    block,
    unblock,
    wakeAt,
    passedOn: side.deliveries.length > 0 || side.published.messages > 0,
  };
}

function endsOf(
  flow: LiveFlow,
  fate: Fate,
  outcomes: Readonly<Record<string, string>>,
  plan: ReplayPlan | null,
): Readonly<Record<string, string>> {
  switch (fate.kind) {
    case "done":
      return outcomes;
    case "reject":
      return everywhere(flow, "rejected", plan);
    case "park":
      return everywhere(flow, "parked", plan);
    case "wait":
    case "hold":
      return everywhere(flow, "waiting", plan);
  }
}

function messageChange(
  item: Item,
  fate: Fate,
  ends: Readonly<Record<string, string>>,
  flow: LiveFlow,
  now: number,
): MessageChange {
  return {
    place: item.place as number,
    attempts: item.attempts,
    nextAt: null,
    failure: null,
    outcomes: null,
    at: now,
    ...storedEnd(fate, ends, flow),
  };
}

function trailStep(place: number, fate: Fate, now: number): TrailEntry | null {
  switch (fate.kind) {
    case "done":
      return null;
    case "hold":
      return trailEntry(place, now, "held", null);
    case "wait":
      return trailEntry(place, now, "waiting", describeFailure(fate.failure));
    case "park":
      return trailEntry(place, now, "parked", describeFailure(fate.failure));
    case "reject":
      return trailEntry(place, now, "rejected", describeFailure(fate.failure));
  }
}

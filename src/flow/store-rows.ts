import { laneOf } from "../message/lane.ts";
import type { NewDelivery, StoredDelivery } from "../store/delivery-table.ts";
import type { NewMessage } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { Prepared } from "./compile.ts";
import type { Item } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";
import { keptInLine, type Released, takePlaces } from "./place-in-line.ts";
import type { Fate, SettleEnvironment } from "./settlement.ts";
import { storedEnd } from "./stored-end.ts";

/** File rows that fail, wait or go to other systems become stored messages; gives the place of every item that has one. */
export async function storeRows(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  outcomes: readonly Record<string, string>[],
  env: SettleEnvironment,
): Promise<readonly (number | null)[]> {
  const places = items.map((item) => item.place);
  const fresh: NewMessage[] = [];
  const owners: number[] = [];
  for (const [index, item] of items.entries()) {
    const fate = fates[index] as Fate;
    const goesOut = Object.values(outcomes[index] ?? {}).includes("waiting");
    if (item.place !== null || (fate.kind === "done" && !goesOut)) continue;
    owners.push(index);
    fresh.push(rowMessage(flow, item, fate, outcomes[index] ?? {}, env.now));
  }
  const drawn = fresh.length === 0 ? [] : await tx.messages.insert(fresh);
  for (const [at, index] of owners.entries()) places[index] = drawn[at] ?? null;
  return places;
}

function rowMessage(
  flow: LiveFlow,
  item: Item,
  fate: Fate,
  ends: Readonly<Record<string, string>>,
  now: number,
): NewMessage {
  return {
    flow: flow.id,
    flowVersion: flow.version,
    lane: item.key === null ? 0 : laneOf(item.key),
    key: item.key,
    system: item.system,
    acceptedAt: fate.kind === "reject" ? now : item.acceptedAt,
    body: null,
    contentType: null,
    headers: null,
    event: null,
    slice: item.slice,
    cause: null,
    hops: 0,
    traceparent: null,
    ...storedEnd(fate, ends, flow),
  };
}

/** What a settlement gives its routes to do. */
export interface Inserted {
  readonly deliveries: readonly NewDelivery[];
  /** Keys that a delivery held back which a replay has made needless. */
  readonly released: readonly Released[];
}

/** One delivery for each route to another system that an item takes. */
export async function insertDeliveries(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  places: readonly (number | null)[],
  outcomes: readonly Record<string, string>[],
  env: SettleEnvironment,
): Promise<Inserted> {
  const kept: StoredDelivery[] = [];
  const deliveries: NewDelivery[] = [];
  for (const [index, item] of items.entries()) {
    const place = places[index];
    const end = fates[index]?.kind;
    if (place === null || place === undefined) continue;
    if (item.replay > 0 && (end === "done" || end === "reject"))
      kept.push(...(await keptInLine(tx, place, item.replay)));
    if (end !== "done") continue;
    for (const route of flow.routes) {
      if (outcomes[index]?.[route.to] !== "waiting") continue;
      const prepared = item.result as Prepared;
      deliveries.push({
        message: place,
        flow: flow.id,
        route: route.id,
        lane: item.key === null ? 0 : laneOf(item.key),
        key: item.key,
        version: prepared.version,
        replay: item.replay,
        allowStale: item.plan?.allowStale ?? false,
        body: Buffer.from(JSON.stringify(prepared.mapped)),
        createdAt: env.now,
        file: item.slice?.file ?? null,
      });
    }
  }
  const { fresh, released } = await takePlaces(tx, kept, deliveries, env.now);
  if (fresh.length > 0) await tx.deliveries.insert(fresh);
  return { deliveries, released };
}

import type { CrmItem, CustomerChange } from "../crm/apply.ts";
import { applyToCrm } from "../crm/apply-to-crm.ts";
import { type Failure, HubError } from "../errors.ts";
import { laneOf } from "../message/lane.ts";
import type { NewDelivery } from "../store/delivery-table.ts";
import type { MessageChange, NewMessage, TrailEntry } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import type { Prepared } from "./compile.ts";
import { type FailedFate, fateOf } from "./fate.ts";
import type { Item, ItemEnd } from "./item.ts";
import { Ledger } from "./ledger.ts";
import { type LiveFlow, type LiveRoute, sourceSystem } from "./live-flow.ts";
import { type Published, publish } from "./publish.ts";
import { describeFailure, trailEntry } from "./trail.ts";

export interface SettleEnvironment {
  readonly now: number;
  readonly random: () => number;
  readonly blocked: BlockedKeys;
  /** The flows in force that read a topic. */
  readonly subscribers: (topic: string) => readonly LiveFlow[];
}

export interface Settled {
  /** In the order of the items. */
  readonly ends: readonly ItemEnd[];
  /** To be carried into the copy of the blocked keys after the commit. */
  readonly block: readonly { readonly scope: number; readonly key: string; readonly by: number }[];
  readonly unblock: readonly { readonly scope: number; readonly key: string }[];
  /** When the earliest of the new waits ends; null when none waits. */
  readonly wakeAt: number | null;
  /** Whether deliveries or topic messages were stored, so that others have work. */
  readonly passedOn: boolean;
}

/** Items that the CRM engine refused: the transaction is undone and run again with these as failures. */
export class RefusedItems extends Error {
  readonly failures: ReadonlyMap<number, HubError>;
  constructor(failures: ReadonlyMap<number, HubError>) {
    super("the CRM engine refused items");
    this.failures = failures;
  }
}

type Fate = FailedFate | { readonly kind: "hold" } | { readonly kind: "done" };

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
  const deliveries = await insertDeliveries(tx, flow, items, fates, places, applied.outcomes, env);
  const superseded = await supersedeOlder(tx, flow, items, fates, places, env);
  const published = await publish(tx, flow, applied.topics, env);
  return await close(
    tx,
    flow,
    items,
    fates,
    places,
    applied.outcomes,
    { deliveries, superseded, published },
    env,
  );
}

/** Before any write: who is held behind whom, and what becomes of those that failed already. */
function decide(flow: LiveFlow, items: readonly Item[], env: SettleEnvironment): Fate[] {
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

function blocks(flow: LiveFlow, fate: Fate): boolean {
  if (fate.kind === "wait") return true;
  return fate.kind === "park" && flow.routes.some((route) => route.definition.onPark === "block");
}

interface Applied {
  /** By item, by route. */
  readonly outcomes: readonly Record<string, string>[];
  readonly topics: readonly {
    readonly topic: string;
    readonly change: CustomerChange | null;
    readonly item: Item;
    readonly content: Prepared["mapped"];
  }[];
}

/** The routes that end inside this transaction: the CRM and topics; and the filter for all. */
async function applyRoutes(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  env: SettleEnvironment,
): Promise<Applied> {
  const outcomes: Record<string, string>[] = items.map(() => ({}));
  const topics: Applied["topics"][number][] = [];
  const crm: CrmItem[] = [];
  const owners: { readonly index: number; readonly route: LiveRoute }[] = [];
  for (const [index, item] of items.entries()) {
    if (fates[index]?.kind !== "done") continue;
    const ends = outcomes[index] as Record<string, string>;
    for (const route of flow.routes) {
      const refused = notTaken(item, route);
      if (refused !== null) {
        if (refused !== "left") ends[route.to] = refused;
        continue;
      }
      const prepared = item.result as Prepared;
      if (route.exit.kind === "crm") {
        owners.push({ index, route });
        crm.push(crmItem(flow, item, prepared, route.exit.entity));
      } else if (route.exit.kind === "topic") {
        ends[route.to] = "applied";
        topics.push({ topic: route.exit.topic, change: null, item, content: prepared.mapped });
      } else {
        ends[route.to] = "waiting";
      }
    }
  }
  const results = crm.length === 0 ? [] : await applyToCrm(crm, tx.crm, env.now);
  const failures = new Map<number, HubError>();
  for (const [at, result] of results.entries()) {
    const owner = owners[at];
    if (owner === undefined) continue;
    if ("failure" in result) {
      failures.set(owner.index, asError(result.failure));
      continue;
    }
    (outcomes[owner.index] as Record<string, string>)[owner.route.to] = result.outcome;
    if (result.outcome !== "applied" || !flow.definition.publish) continue;
    const item = items[owner.index] as Item;
    for (const change of [result.change, ...(result.also ?? [])]) {
      if (change !== null) topics.push({ topic: change.topic, change, item, content: change.content });
    }
  }
  if (failures.size > 0) throw new RefusedItems(failures);
  return { outcomes, topics };
}

/** Why an item does not take a route: an outcome, or "left" when a replay does not concern it; null when it takes it. */
function notTaken(item: Item, route: LiveRoute): "unchanged" | "filtered" | "left" | null {
  if (item.plan !== null && item.plan.routes.length > 0 && !item.plan.routes.includes(route.to))
    return "left";
  if (item.result === "unchanged") return "unchanged";
  if (!(item.result as Prepared).routes.includes(route.to)) return "filtered";
  // The origin guard: a change never goes back to the system it came from.
  if (route.exit.kind === "system" && route.exit.system === item.system) return "filtered";
  return null;
}

function crmItem(flow: LiveFlow, item: Item, prepared: Prepared, entity: CrmItem["entity"]): CrmItem {
  return {
    entity,
    system: item.system === "crm" ? sourceSystem(flow.definition) : item.system,
    record: prepared.mapped,
    version: prepared.version,
    hash: item.hash,
    origin: {
      message: item.place,
      file: item.slice?.file ?? null,
      row: item.slice?.row ?? null,
      flowVersion: flow.version,
      at: item.acceptedAt,
    },
    allowStale: item.plan?.allowStale ?? false,
    missingReference: flow.definition.onError.missingReference.policy === "stub" ? "stub" : "fail",
  };
}

function asError(failure: Failure): HubError {
  return new HubError(failure.code, failure.message, {
    ...(failure.place === undefined ? {} : { place: failure.place }),
    ...(failure.cure === undefined ? {} : { cure: failure.cure }),
    ...(failure.issues === undefined ? {} : { issues: failure.issues }),
  });
}

/** File rows that fail, wait or go to other systems become stored messages; gives the place of every item that has one. */
async function storeRows(
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
  const base = {
    flow: flow.id,
    flowVersion: flow.version,
    lane: item.key === null ? 0 : laneOf(item.key),
    key: item.key,
    system: item.system,
    acceptedAt: item.acceptedAt,
    body: null,
    contentType: null,
    headers: null,
    event: null,
    slice: item.slice,
    cause: null,
    hops: 0,
    traceparent: null,
  };
  switch (fate.kind) {
    case "hold":
      return { ...base, state: "held" };
    case "wait":
      return {
        ...base,
        state: "waiting",
        nextAt: fate.nextAt,
        attempts: fate.attempts,
        failure: fate.failure,
      };
    case "park":
      return { ...base, state: "parked", attempts: fate.attempts, failure: fate.failure };
    case "reject":
      return {
        ...base,
        acceptedAt: now,
        state: "done",
        outcomes: everywhere(flow, "rejected"),
        failure: fate.failure,
        attempts: fate.attempts,
      };
    case "done":
      return { ...base, state: "done", outcomes: withoutWaiting(flow, ends) };
  }
}

function everywhere(flow: LiveFlow, outcome: string): Record<string, string> {
  return Object.fromEntries(flow.routes.map((route) => [route.to, outcome]));
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

async function insertDeliveries(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  places: readonly (number | null)[],
  outcomes: readonly Record<string, string>[],
  env: SettleEnvironment,
): Promise<readonly NewDelivery[]> {
  const deliveries: NewDelivery[] = [];
  for (const [index, item] of items.entries()) {
    const place = places[index];
    if (fates[index]?.kind !== "done" || place === null || place === undefined) continue;
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
  if (deliveries.length > 0) await tx.deliveries.insert(deliveries);
  return deliveries;
}

interface Superseded {
  readonly route: LiveRoute | null;
  readonly message: number;
  readonly file: number | null;
  readonly wasParked: boolean;
}

/** A newer state makes older ones of its key needless where they wait or are parked. */
async function supersedeOlder(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  places: readonly (number | null)[],
  env: SettleEnvironment,
): Promise<readonly Superseded[]> {
  if (flow.definition.carries !== "state") return [];
  const keys: { key: string; before: number }[] = [];
  for (const [index, item] of items.entries()) {
    // A row that was not stored is newer than every message stored before it.
    const before = places[index] ?? Number.MAX_SAFE_INTEGER;
    if (fates[index]?.kind === "done" && item.key !== null && item.plan === null)
      keys.push({ key: item.key, before });
  }
  if (keys.length === 0) return [];
  const ended: Superseded[] = [];
  for (const row of await tx.messages.supersede(flow.id, keys, env.now)) {
    ended.push({ route: null, message: row.place, file: row.file, wasParked: row.state === "parked" });
  }
  for (const route of flow.routes) {
    if (route.exit.kind !== "system") continue;
    for (const row of await tx.deliveries.supersede(route.id, keys, env.now)) {
      ended.push({ route, message: row.message, file: row.file, wasParked: row.state === "parked" });
    }
  }
  return ended;
}

interface Side {
  readonly deliveries: readonly NewDelivery[];
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
  const unblock: { scope: number; key: string; by: number }[] = [];
  const ends: ItemEnd[] = [];
  let wakeAt: number | null = null;

  for (const [index, item] of items.entries()) {
    const fate = fates[index] as Fate;
    const place = places[index] ?? null;
    const routes = endsOf(flow, fate, outcomes[index] ?? {});
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
): Readonly<Record<string, string>> {
  switch (fate.kind) {
    case "done":
      return outcomes;
    case "reject":
      return everywhere(flow, "rejected");
    case "park":
      return everywhere(flow, "parked");
    case "wait":
    case "hold":
      return everywhere(flow, "waiting");
  }
}

function messageChange(
  item: Item,
  fate: Fate,
  ends: Readonly<Record<string, string>>,
  flow: LiveFlow,
  now: number,
): MessageChange {
  const base = {
    place: item.place as number,
    attempts: item.attempts,
    nextAt: null,
    failure: null,
    outcomes: null,
    at: now,
  };
  switch (fate.kind) {
    case "done":
      return { ...base, state: "done", outcomes: withoutWaiting(flow, ends) };
    case "hold":
      return { ...base, state: "held" };
    case "wait":
      return {
        ...base,
        state: "waiting",
        attempts: fate.attempts,
        nextAt: fate.nextAt,
        failure: fate.failure,
      };
    case "park":
      return { ...base, state: "parked", attempts: fate.attempts, failure: fate.failure };
    case "reject":
      return {
        ...base,
        state: "done",
        attempts: fate.attempts,
        failure: fate.failure,
        outcomes: everywhere(flow, "rejected"),
      };
  }
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

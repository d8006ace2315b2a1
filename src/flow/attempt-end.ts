import type { Failure } from "../errors.ts";
import type { Exchange } from "../message/exchange.ts";
import type { Attempt, DeliveryChange, RouteKey, StoredDelivery } from "../store/delivery-table.ts";
import type { Lease } from "../store/lane-table.ts";
import type { TrailEntry } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import type { Fence } from "./fence.ts";
import { keptExchange } from "./keep-exchange.ts";
import { Ledger } from "./ledger.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";
import { describeFailure, trailEntry } from "./trail.ts";

/** How an attempt ended. */
export type Ending =
  | { readonly kind: "applied"; readonly answer: string }
  /** Not sent, since the route has applied something newer of its key. */
  | { readonly kind: "stale" }
  /** Sent again when the route goes on; not counted. */
  | { readonly kind: "again"; readonly failure: Failure }
  | { readonly kind: "stop"; readonly failure: Failure; readonly reason: string }
  | { readonly kind: "retry"; readonly nextAt: number; readonly failure: Failure }
  | { readonly kind: "park"; readonly failure: Failure };

/** A delivery with the lease under which it was read. */
export interface Claimed {
  readonly delivery: StoredDelivery;
  readonly lease: Lease;
}

/** An attempt of which something is to be written: that it begins, or how it ended. */
export interface Tried extends Claimed {
  readonly number: number;
  readonly startedAt: number;
  readonly ending: Ending | { readonly kind: "begun" };
  /** Missing: nothing was sent, or the sink does not tell. */
  readonly exchange?: Exchange | null;
}

/** A key that is blocked, or free again. */
export interface Effect {
  readonly key: string;
  readonly by: number;
  readonly blocks: boolean;
}

interface EndEnvironment {
  readonly now: () => number;
  readonly blocked: BlockedKeys;
  readonly fence: Fence;
  readonly flow: () => LiveFlow | undefined;
}

/**
 * Writes what became of attempts of one route, a few statements for all of them.
 * @returns what is to be carried into the copy of the blocked keys after the commit
 * @throws HubError TL_LANE_LOST
 */
export async function writeTried(
  tx: Tx,
  route: LiveRoute,
  batch: readonly Tried[],
  env: EndEnvironment,
): Promise<readonly Effect[]> {
  const ordered = env.flow()?.definition.carries !== "state";
  const [, done] = await Promise.all([
    env.fence.leases(tx, leasesOf(batch)),
    // A newer state may have made one needless while it was on its way; then the books have it already.
    ordered ? NOTHING : tx.deliveries.done(batch.map(({ delivery }) => delivery.id)),
  ]);
  const at = env.now();
  const ledger = new Ledger({ id: batch[0]?.delivery.flow ?? 0, routes: [route] });
  const changes: DeliveryChange[] = [];
  const attempts: Attempt[] = [];
  const applied: RouteKey[] = [];
  const trail: TrailEntry[] = [];
  const effects: Effect[] = [];
  for (const tried of batch) {
    const { delivery, ending } = tried;
    const { id, key, message } = delivery;
    if (ending.kind !== "stale") attempts.push(attemptOf(tried, at));
    if (done.has(id)) continue;
    changes.push(changeOf(tried, at));
    if (ending.kind === "begun") continue;
    if (ending.kind === "applied" && key !== null) applied.push({ key, message, version: delivery.version });
    const outcome = ending.kind === "park" ? "parked" : ending.kind;
    if (outcome === "applied" || outcome === "stale" || outcome === "parked")
      ledger.delivered(route, outcome, delivery.file);
    if (ending.kind === "park" || ending.kind === "retry") {
      const step = ending.kind === "park" ? "parked" : "waiting";
      trail.push(trailEntry(message, at, step, `${route.to}: ${describeFailure(ending.failure)}`));
    }
    if (ending.kind === "stop") await tx.flows.setStopped(route.id, ending.reason);
    const effect = effectOf(route, delivery, ending, ordered, env.blocked);
    if (effect !== null) effects.push(effect);
  }
  for (const { key, by, blocks } of effects) {
    if (blocks) await tx.messages.block(route.id, key, by, at);
    else await tx.messages.unblock(route.id, key, by);
  }
  if (changes.length > 0) await tx.deliveries.change(changes);
  if (attempts.length > 0) await tx.deliveries.attempts(attempts);
  if (applied.length > 0) await tx.deliveries.applied(route.id, applied);
  if (trail.length > 0) await tx.messages.trail(trail);
  await ledger.write(tx, at);
  return effects;
}

const NOTHING: ReadonlySet<number> = new Set();

/** The key that it blocks now, or that it blocked till now. */
function effectOf(
  route: LiveRoute,
  { id, key }: StoredDelivery,
  ending: Ending,
  ordered: boolean,
  blocked: BlockedKeys,
): Effect | null {
  if (key === null) return null;
  const by = blocked.by(route.id, key);
  const blocks =
    ordered && (ending.kind === "retry" || (ending.kind === "park" && route.definition.onPark === "block"));
  if (blocks) return by === undefined ? { key, by: id, blocks: true } : null;
  const frees = by === id && ending.kind !== "again" && ending.kind !== "stop";
  return frees ? { key, by: id, blocks: false } : null;
}

function changeOf({ delivery, number, ending }: Tried, at: number): DeliveryChange {
  const base = { ...unchanged(delivery), attempts: number, at };
  switch (ending.kind) {
    case "begun":
      return { ...base, state: "sending" };
    case "applied":
      return { ...base, state: "done", outcome: "applied", answer: ending.answer };
    case "stale":
      return { ...base, state: "done", outcome: "stale" };
    case "again":
    case "stop":
      return { ...base, state: "queued", attempts: number - 1, failure: ending.failure };
    case "retry":
      return { ...base, state: "waiting", nextAt: ending.nextAt, failure: ending.failure };
    case "park":
      return { ...base, state: "parked", failure: ending.failure };
  }
}

/** As it was when it was read. */
export function unchanged(delivery: StoredDelivery): Omit<DeliveryChange, "at" | "state"> {
  return {
    id: delivery.id,
    attempts: delivery.attempts,
    nextAt: null,
    outcome: null,
    failure: null,
    answer: null,
  };
}

function attemptOf({ delivery, number, startedAt, ending, exchange }: Tried, at: number): Attempt {
  const isShort = ending.kind === "applied" || ending.kind === "again";
  return {
    delivery: delivery.id,
    attempt: number,
    startedAt,
    endedAt: ending.kind === "begun" ? null : at,
    code: "failure" in ending ? ending.failure.code : null,
    answer: ending.kind === "applied" ? ending.answer : null,
    exchange: exchange === undefined || exchange === null ? null : keptExchange(exchange, isShort),
  };
}

/** Each lane once, by the oldest lease: when that is lost, so is what was claimed under it. */
export function leasesOf(batch: readonly Claimed[]): readonly Lease[] {
  const byLane = new Map<number, Lease>();
  for (const { lease } of batch) {
    const other = byLane.get(lease.lane);
    if (other === undefined || lease.epoch < other.epoch) byLane.set(lease.lane, lease);
  }
  return [...byLane.values()];
}

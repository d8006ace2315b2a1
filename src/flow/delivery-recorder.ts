import { setTimeout as pause } from "node:timers/promises";
import { isOlder } from "../crm/version.ts";
import { type Failure, HubError } from "../errors.ts";
import type { Attempt, DeliveryChange, RouteKey, StoredDelivery } from "../store/delivery-table.ts";
import type { Lease } from "../store/lane-table.ts";
import type { Store, Tx } from "../store/store.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import type { Fence } from "./fence.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";
import { describeFailure, trailEntry } from "./trail.ts";

/** How an attempt ended. */
export type Ending =
  | { readonly kind: "applied"; readonly answer: string }
  /** Sent again when the route goes on; not counted. */
  | { readonly kind: "again"; readonly failure: Failure }
  | { readonly kind: "stop"; readonly failure: Failure; readonly reason: string }
  | { readonly kind: "retry"; readonly nextAt: number; readonly failure: Failure }
  | { readonly kind: "park"; readonly failure: Failure };

interface RecorderEnvironment {
  readonly store: Store;
  readonly now: () => number;
  readonly blocked: BlockedKeys;
  readonly fence: Fence;
  readonly flow: () => LiveFlow | undefined;
  /** The hub stops: what cannot be written now is not tried again. */
  readonly closing: AbortSignal;
}

/** Between attempts to write what happened while the store does not answer; milliseconds. */
const STORE_PAUSE = 500;

/** A delivery with the lease under which it was read. */
export interface Claimed {
  readonly delivery: StoredDelivery;
  readonly lease: Lease;
}

interface Entry extends Claimed {
  readonly number: number;
  readonly startedAt: number;
  readonly ending: Ending;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes what became of attempts; attempts that end together share a commit. */
export interface DeliveryRecorder {
  /** Commits that an attempt begins, for targets that are not idempotent. */
  begin(delivery: StoredDelivery, number: number, at: number, lease: Lease): Promise<void>;
  /** @throws HubError TL_LANE_LOST when it is another process's by now: that one sends it again, by the same id */
  end(
    delivery: StoredDelivery,
    number: number,
    startedAt: number,
    ending: Ending,
    lease: Lease,
  ): Promise<void>;
  /** Puts deliveries aside that stand behind a blocked key, as long as it is. */
  hold(behind: readonly Claimed[]): Promise<void>;
  /** Ends a delivery as stale when the route has applied something newer of its key; true when it did. */
  isStale(delivery: StoredDelivery, lease: Lease): Promise<boolean>;
}

export function deliveryRecorder(route: LiveRoute, env: RecorderEnvironment): DeliveryRecorder {
  let pending: Entry[] = [];
  let writing = false;
  let apart = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** What blocks keys and what goes by it: one after the other, so that each knows what the one before has committed. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const ran = turn.then(work);
    turn = ran.catch(() => undefined);
    return ran;
  }

  async function write(): Promise<void> {
    while (pending.length > 0) {
      // Where one has lost its lane the others are written without it.
      const batch = pending.splice(0, apart ? 1 : pending.length);
      apart &&= pending.length > 0;
      try {
        const effects = await env.store.transaction((tx) => commit(tx, route, batch, env));
        for (const effect of effects) {
          if (effect.blocks) env.blocked.add(route.id, effect.key, effect.by);
          else env.blocked.remove(route.id, effect.key);
        }
        for (const entry of batch) entry.resolve();
      } catch (error) {
        if (isLost(error) && batch.length > 1) {
          apart = true;
          pending = [...batch, ...pending];
        } else if (!(await mayPass(error))) for (const entry of batch) entry.reject(error);
        else pending = [...batch, ...pending];
      }
    }
    // At once: whoever was just told goes on before anything that waits for this to end.
    writing = false;
  }

  /** What was sent was sent: it is written as soon as the store answers again, and not sent twice for that. */
  async function mayPass(error: unknown): Promise<boolean> {
    if (!(error instanceof HubError) || error.code !== "TL_STORE_FAILED") return false;
    return pause(STORE_PAUSE, true, { signal: env.closing }).catch(() => false);
  }

  return {
    begin: (delivery, number, at, lease) =>
      env.store.transaction(async (tx) => {
        await env.fence.leases(tx, [lease]);
        await tx.deliveries.change([{ ...unchanged(delivery), state: "sending", attempts: number, at }]);
        await tx.deliveries.attempts([attemptRow(delivery, number, at, null, null, null)]);
      }),
    end(delivery, number, startedAt, ending, lease) {
      return new Promise((resolve, reject) => {
        pending.push({ delivery, number, startedAt, ending, lease, resolve, reject });
        if (writing) return;
        writing = true;
        // Those that end in the same turn of the event loop share the first commit too.
        void inTurn(write);
      });
    },
    hold: (behind) =>
      inTurn(() =>
        env.store.transaction(async (tx) => {
          await env.fence.leases(tx, leasesOf(behind));
          // Since they were read the way may have been cleared: then nothing would let them go again.
          const still = behind.filter(({ delivery }) => env.blocked.isBehind(route.id, delivery));
          await tx.deliveries.change(
            still.map(({ delivery }) => ({ ...unchanged(delivery), state: "held", at: env.now() })),
          );
        }),
      ),
    async isStale(delivery, lease) {
      const key = delivery.key;
      if (key === null || delivery.allowStale || (delivery.version === null && delivery.replay === 0))
        return false;
      return env.store.transaction(async (tx) => {
        const last = (await tx.deliveries.lastApplied(route.id, [key])).get(key);
        if (last === undefined || !older(delivery, last)) return false;
        await env.fence.leases(tx, [lease]);
        const at = env.now();
        await tx.deliveries.change([{ ...unchanged(delivery), state: "done", outcome: "stale", at }]);
        await books(tx, route, delivery, "stale", at);
        return true;
      });
    },
  };
}

function isLost(error: unknown): boolean {
  return error instanceof HubError && error.code === "TL_LANE_LOST";
}

/** Each lane once, by the oldest lease: when that is lost, so is what was claimed under it. */
function leasesOf(batch: readonly Claimed[]): readonly Lease[] {
  const byLane = new Map<number, Lease>();
  for (const { lease } of batch) {
    const other = byLane.get(lease.lane);
    if (other === undefined || lease.epoch < other.epoch) byLane.set(lease.lane, lease);
  }
  return [...byLane.values()];
}

function older(delivery: StoredDelivery, last: RouteKey): boolean {
  if (delivery.version !== null && last.version !== null) return isOlder(delivery.version, last.version);
  return delivery.message < last.message;
}

interface Effect {
  readonly key: string;
  readonly by: number;
  readonly blocks: boolean;
}

async function commit(
  tx: Tx,
  route: LiveRoute,
  batch: readonly Entry[],
  env: RecorderEnvironment,
): Promise<readonly Effect[]> {
  await env.fence.leases(tx, leasesOf(batch));
  const at = env.now();
  const ordered = env.flow()?.definition.carries !== "state";
  const changes: DeliveryChange[] = [];
  const attempts: Attempt[] = [];
  const applied: RouteKey[] = [];
  const effects: Effect[] = [];
  for (const { delivery, number, startedAt, ending } of batch) {
    const code = "failure" in ending ? ending.failure.code : null;
    const answer = ending.kind === "applied" ? ending.answer : null;
    attempts.push(attemptRow(delivery, number, startedAt, at, code, answer));
    // A newer state may have made it needless while it was on its way; then the books have it already.
    if (!ordered && (await tx.deliveries.get(delivery.id))?.state === "done") continue;
    changes.push(changeOf(delivery, number, ending, at));
    if (ending.kind === "applied" && delivery.key !== null) {
      applied.push({ key: delivery.key, message: delivery.message, version: delivery.version });
    }
    if (ending.kind === "applied" || ending.kind === "park")
      await books(tx, route, delivery, ending.kind === "park" ? "parked" : "applied", at);
    if (ending.kind === "park" || ending.kind === "retry") {
      const step = ending.kind === "park" ? "parked" : "waiting";
      await tx.messages.trail([
        trailEntry(delivery.message, at, step, `${route.to}: ${describeFailure(ending.failure)}`),
      ]);
    }
    if (ending.kind === "stop") await tx.flows.setStopped(route.id, ending.reason);
    if (delivery.key === null) continue;
    const by = env.blocked.by(route.id, delivery.key);
    const blocks =
      ordered && (ending.kind === "retry" || (ending.kind === "park" && route.definition.onPark === "block"));
    if (blocks && by === undefined) {
      await tx.messages.block(route.id, delivery.key, delivery.id, at);
      effects.push({ key: delivery.key, by: delivery.id, blocks: true });
    } else if (!blocks && by === delivery.id && ending.kind !== "again" && ending.kind !== "stop") {
      await tx.messages.unblock(route.id, delivery.key, delivery.id);
      effects.push({ key: delivery.key, by: delivery.id, blocks: false });
    }
  }
  await tx.deliveries.change(changes);
  await tx.deliveries.attempts(attempts);
  if (applied.length > 0) await tx.deliveries.applied(route.id, applied);
  return effects;
}

function changeOf(delivery: StoredDelivery, number: number, ending: Ending, at: number): DeliveryChange {
  const base = { ...unchanged(delivery), attempts: number, at };
  switch (ending.kind) {
    case "applied":
      return { ...base, state: "done", outcome: "applied", answer: ending.answer };
    case "again":
    case "stop":
      return { ...base, state: "queued", attempts: number - 1, failure: ending.failure };
    case "retry":
      return { ...base, state: "waiting", nextAt: ending.nextAt, failure: ending.failure };
    case "park":
      return { ...base, state: "parked", failure: ending.failure };
  }
}

function unchanged(delivery: StoredDelivery): Omit<DeliveryChange, "at" | "state"> {
  return {
    id: delivery.id,
    attempts: delivery.attempts,
    nextAt: null,
    outcome: null,
    failure: null,
    answer: null,
  };
}

function attemptRow(
  delivery: StoredDelivery,
  attempt: number,
  startedAt: number,
  endedAt: number | null,
  code: string | null,
  answer: string | null,
): Attempt {
  return { delivery: delivery.id, attempt, startedAt, endedAt, code, answer };
}

async function books(
  tx: Tx,
  route: LiveRoute,
  delivery: StoredDelivery,
  outcome: string,
  at: number,
): Promise<void> {
  await tx.tallies.add(at, [{ flow: delivery.flow, route: route.id, outcome, n: 1 }]);
  if (delivery.file !== null) await tx.files.shift(delivery.file, route.to, "waiting", outcome, 1);
}

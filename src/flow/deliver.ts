import { setTimeout as pause } from "node:timers/promises";
import type { Sink, Tell } from "../connector/contract.ts";
import { asHubError, HubError, toFailure } from "../errors.ts";
import type { Exchange } from "../message/exchange.ts";
import type { RouteKey, StoredDelivery } from "../store/delivery-table.ts";
import type { HeldLanes } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";
import type { Claimed, Ending } from "./attempt-end.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import { deliveryRecorder } from "./delivery-recorder.ts";
import { failpoint } from "./failpoint.ts";
import type { Fence } from "./fence.ts";
import { knownApplied } from "./known-applied.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";
import { outgoing } from "./outgoing.ts";
import { type QueuePass, queuePass } from "./queue-pass.ts";
import { untilDeadline } from "./until-deadline.ts";
import { verdictOf } from "./verdict.ts";

/** How long one attempt may take in all; less than half of a lease, should there be leases. Milliseconds. */
const ATTEMPT_DEADLINE = 14_000;
const CLAIM = 256;
/** How many may wait for their commit besides those that are at the target. */
const MOST_UNRECORDED = 64;
/** How many are kept that were read before their turn, and how long; milliseconds. */
const MOST_READY = 1024;
const READY_MS = 500;
/** How long attempts that are under way when the hub stops may go on. Milliseconds. */
const DRAIN_MS = 10_000;
/** First and longest pause of a route whose system does not answer; milliseconds. */
const SYSTEM_WAIT = { first: 1_000, last: 30_000 };

export interface SenderEnvironment {
  readonly store: Store;
  readonly now: () => number;
  readonly random: () => number;
  readonly blocked: BlockedKeys;
  readonly fence: Fence;
  /** The flow version in force, for its policy; undefined when the flow is gone. */
  readonly flow: () => LiveFlow | undefined;
  readonly wakeAt: (at: number) => void;
  readonly note: (event: "sent" | "failed" | "waits" | "stops", code: string | null) => void;
  /** Begins the trace of a try; without it there is none. */
  readonly trace?: (delivery: StoredDelivery, attempt: number) => Promise<AttemptTrace>;
  /** Called after each try at the target, whatever came of it, with the time it took in seconds. */
  readonly tried: (seconds: number) => void;
}

/** One try as those see it who watch; see Tracing. */
export interface AttemptTrace {
  /** W3C Trace Context, for the target. */
  readonly traceparent: string;
  /** @param code why it failed; null when it did not */
  end(code: string | null): void;
}

/** Sends the deliveries of one route, in order per key, several keys at once. */
export interface Sender {
  /** Looks for work. Never sends while the route waits or is stopped. */
  pump(): Promise<void>;
  /** Settles what was under way when its hub died: asks the target, else parks. Before its lane is worked on. */
  recover(begun: readonly StoredDelivery[], held: HeldLanes): Promise<void>;
  /** Resolves when nothing is under way on these lanes. */
  idle(lanes: ReadonlySet<number>): Promise<void>;
  /** The route goes on after a stop. */
  resume(): void;
  /** Stops or goes on as the store says that the route does. */
  follow(stopped: string | null): void;
  readonly state: { stopped: string | null; waitingUntil: number | null };
  /** No attempt begins after this; resolves when those under way are recorded. */
  close(): Promise<void>;
}

/** Claimed, with what its route had applied of its key when it was read. */
interface Ready extends Claimed {
  readonly last: RouteKey | undefined;
}

export function sender(route: LiveRoute, sink: Sink, env: SenderEnvironment, stopped: string | null): Sender {
  const state = { stopped, waitingUntil: null as number | null };
  const busyKeys = new Set<string>();
  const inWork = new Set<number>();
  const underWay = new Map<Promise<void>, number>();
  const limit = sink.concurrency ?? 4;
  /** Of those under way: the others have been there and wait for their commit, which keeps nobody else from the target. */
  let atTarget = 0;
  const known = knownApplied(route.id);
  const closing = new AbortController();
  let draining = false;
  const record = deliveryRecorder(route, { ...env, closing: closing.signal, coming: () => atTarget });
  /** How often one after the other; attempts that were under way at once count once. */
  let failures = 0;
  /** Claimed before its turn had come, in order. */
  let ready: Ready[] = [];
  let readyAt = Number.NEGATIVE_INFINITY;
  let pass: QueuePass | null = null;
  let pumping: Promise<void> | null = null;
  let again = false;

  const open = (): boolean => {
    if (draining || state.stopped !== null || env.flow() === undefined) return false;
    if (state.waitingUntil !== null && env.now() < state.waitingUntil) return false;
    return true;
  };
  /** While the system is down one real message at a time tells whether it is back. */
  const places = (): number =>
    Math.min((failures > 0 ? Math.min(1, limit) : limit) - atTarget, limit + MOST_UNRECORDED - underWay.size);

  async function pump(): Promise<void> {
    const own = queuePass(() => env.blocked.released(route.id));
    pass = own;
    if (performance.now() > readyAt + READY_MS) ready = [];
    startReady(own);
    const behind = await readQueue(own).finally(() => {
      pass = null;
    });
    if (behind.length > 0) await record.hold(behind);
  }

  /** Begins what is free, keeps what comes after it, and gives what stands behind a blocked key. */
  async function readQueue(own: QueuePass): Promise<readonly Claimed[]> {
    const behind: Claimed[] = [];
    let after = 0;
    while (open() && places() > 0) {
      if (after === 0) {
        ready = [];
        readyAt = performance.now();
        known.forget();
      }
      const from = after;
      const held = env.store.seat.held();
      const { claimed, applied } = await env.store.transaction(async (tx) => {
        const claimed = await tx.deliveries.queued(route.id, from, CLAIM, held);
        return { claimed, applied: await known.read(tx, claimed) };
      });
      if (own.isOver()) {
        again = true;
        break;
      }
      startReady(own);
      // What was read before and found no place comes before what is read now.
      const waiting = new Set(ready.map(({ delivery: { key } }) => key));
      waiting.delete(null);
      for (const delivery of claimed) {
        after = delivery.id;
        const lease = held.lease(delivery.lane);
        if (!own.mayBeRead(delivery)) continue;
        if (lease === undefined) {
          own.passOver(delivery);
          continue;
        }
        const one = { delivery, lease, last: applied.get(delivery.key ?? "") };
        if (env.blocked.isBehind(route.id, delivery)) {
          behind.push(one);
          own.putBehind(delivery);
        } else if (own.isBehindOthers(delivery)) own.passOver(delivery);
        else if (inWork.has(delivery.id)) continue;
        else if (isFree(delivery) && !waiting.has(delivery.key) && open() && places() > 0) begin(one, own);
        else if (ready.length < MOST_READY) {
          ready.push(one);
          if (delivery.key !== null) waiting.add(delivery.key);
        } else own.passOver(delivery);
      }
      if (claimed.length < CLAIM) break;
    }
    return behind;
  }

  /**
   * Begins what was read before its turn, without reading it again, as long as all goes well: while a long queue is read
   * too, or a key would wait for its end after each of its deliveries.
   */
  function startReady(own: QueuePass): void {
    const list = ready;
    ready = [];
    for (const [index, one] of list.entries()) {
      const { delivery } = one;
      if (!open() || places() <= 0) {
        ready.push(...list.slice(index));
        return;
      }
      if (!own.mayBegin(delivery)) continue;
      if (isFree(delivery) && !env.blocked.isBehind(route.id, delivery)) begin(one, own);
      else ready.push(one);
    }
  }

  const isFree = ({ id, key }: StoredDelivery): boolean =>
    !inWork.has(id) && (key === null || !busyKeys.has(key));

  function begin(one: Ready, own: QueuePass): void {
    if (env.store.seat.mayBegin(one.lease)) start(one);
    else own.refuse(one.delivery);
  }

  function start(one: Ready): void {
    const { delivery } = one;
    inWork.add(delivery.id);
    if (delivery.key !== null) busyKeys.add(delivery.key);
    atTarget += 1;
    let isThere = true;
    const left = (): void => {
      if (isThere) atTarget -= 1;
      isThere = false;
    };
    const attempt = attemptOnce(one, () => {
      left();
      // Until it is recorded its key waits, and nobody else does.
      void sender.pump();
    })
      .catch((error: unknown) => {
        env.note("failed", asHubError(error).code);
        return false;
      })
      .then((applied) => {
        left();
        // It is queued again, before others of its key that were read behind it.
        if (!applied) ready = [];
        underWay.delete(attempt);
        inWork.delete(delivery.id);
        if (delivery.key !== null) busyKeys.delete(delivery.key);
        pass?.ended(delivery, applied);
        if (pass?.isOver() === false) startReady(pass);
        void sender.pump();
      });
    underWay.set(attempt, delivery.lane);
  }

  /**
   * Whether it is done with for good.
   * @param left called when the target has nothing to do with it any more
   */
  async function attemptOnce({ delivery, lease, last }: Ready, left: () => void): Promise<boolean> {
    const flow = env.flow();
    if (flow === undefined) return false;
    const startedAt = env.now();
    if (known.isStale(delivery, last)) {
      left();
      await record.end({ delivery, number: delivery.attempts, startedAt, ending: { kind: "stale" }, lease });
      return true;
    }
    const number = delivery.attempts + 1;
    const attempt = { delivery, number, startedAt, lease };
    const trace = await env.trace?.(delivery, number);
    if (!sink.idempotent) await record.begin(attempt);
    // The process may have stood still since it claimed this.
    if (!env.store.seat.mayBegin(lease)) {
      if (!sink.idempotent) await record.end({ ...attempt, ending: notBegun() });
      return false;
    }
    let ending: Ending;
    let exchange: Exchange | null = null;
    const tell: Tell = (told) => {
      exchange = told;
    };
    const before = failures;
    const began = performance.now();
    try {
      const out = {
        ...outgoing(delivery, route, number),
        ...(trace && { traceparent: trace.traceparent }),
      };
      const sent = await untilDeadline(closing.signal, ATTEMPT_DEADLINE, (signal) =>
        sink.send(out, signal, tell),
      ).finally(() => env.tried((performance.now() - began) / 1000));
      failpoint("after_deliver");
      failures = 0;
      state.waitingUntil = null;
      ending = { kind: "applied", answer: sent.answer };
      env.note("sent", null);
      trace?.end(null);
    } catch (thrown) {
      const error = asHubError(thrown);
      trace?.end(error.code);
      ending = await afterFailure(delivery, error, flow, { number, before });
    }
    left();
    await record.end({ ...attempt, ending, exchange });
    if (ending.kind === "applied") known.add(delivery);
    return ending.kind === "applied";
  }

  async function afterFailure(
    delivery: StoredDelivery,
    error: HubError,
    flow: LiveFlow,
    { number, before }: { readonly number: number; readonly before: number },
  ): Promise<Ending> {
    const now = env.now();
    const verdict = verdictOf(error, flow.definition, number, now, env.random());
    const event =
      verdict.kind === "route-waits" ? "waits" : verdict.kind === "route-stops" ? "stops" : "failed";
    // A system that is down is news once, not with every probe.
    if (event !== "waits" || failures === 0) env.note(event, error.code);
    switch (verdict.kind) {
      case "route-waits": {
        failures = Math.max(failures, before + 1);
        const wait =
          Math.min(SYSTEM_WAIT.first * 2 ** Math.min(failures - 1, 10), SYSTEM_WAIT.last) *
          (0.8 + 0.4 * env.random());
        state.waitingUntil = verdict.until ?? now + wait;
        env.wakeAt(state.waitingUntil);
        return { kind: "again", failure: verdict.failure };
      }
      case "route-stops":
        state.stopped = `${verdict.failure.code}: ${verdict.failure.message}`;
        return { kind: "stop", failure: verdict.failure, reason: state.stopped };
      case "in-doubt":
        return await clearDoubt(delivery, number, verdict.failure);
      case "retry":
        env.wakeAt(verdict.nextAt);
        return { kind: "retry", nextAt: verdict.nextAt, failure: verdict.failure };
      case "park":
        return { kind: "park", failure: verdict.failure };
    }
  }

  /** An attempt of which nobody knows the end: the target is asked, and where it cannot be asked a person is. */
  async function clearDoubt(
    delivery: StoredDelivery,
    number: number,
    failure: ReturnType<typeof toFailure>,
  ): Promise<Ending> {
    if (sink.probe === undefined) return { kind: "park", failure };
    try {
      const there = await sink.probe(
        outgoing(delivery, route, number),
        AbortSignal.timeout(ATTEMPT_DEADLINE),
      );
      return there
        ? { kind: "applied", answer: "found by probe" }
        : { kind: "retry", nextAt: env.now(), failure };
    } catch {
      return { kind: "park", failure };
    }
  }

  const sender: Sender = {
    state,
    pump() {
      if (pumping !== null) {
        again = true;
        return pumping;
      }
      again = false;
      // Not in this turn: what begins may end at once, and asks for a pump that must find this one under way.
      pumping = Promise.resolve()
        .then(pump)
        // The store does not answer; who asks at the next poll finds what is left.
        .catch((error: unknown) => env.note("failed", asHubError(error).code))
        .finally(() => {
          pumping = null;
          if (again) void sender.pump();
        });
      return pumping;
    },
    async recover(begun, held) {
      for (const delivery of begun) {
        const doubt = new HubError("TL_IN_DOUBT", "the hub ended while this was being sent");
        const ending = await clearDoubt(delivery, delivery.attempts, toFailure(doubt));
        const lease = held.lease(delivery.lane);
        if (lease === undefined) continue;
        await record.end({ delivery, number: delivery.attempts, startedAt: env.now(), ending, lease });
      }
    },
    follow(reason) {
      if (reason === null && state.stopped !== null) sender.resume();
      state.stopped = reason;
    },
    async idle(lanes) {
      await Promise.allSettled(
        [...underWay].filter(([, lane]) => lanes.has(lane)).map(([attempt]) => attempt),
      );
    },
    resume() {
      state.stopped = null;
      state.waitingUntil = null;
      failures = 0;
    },
    async close() {
      draining = true;
      await pumping;
      // What is sent again after a restart is work for the target, even if it knows that it had it.
      await Promise.race([Promise.allSettled(underWay.keys()), pause(DRAIN_MS, null, { ref: false })]);
      closing.abort(new HubError("TL_STOPPING", "the hub is stopping"));
      await pumping;
      await Promise.allSettled(underWay.keys());
    },
  };
  return sender;
}

function notBegun(): Ending {
  const failure = toFailure(new HubError("TL_LANE_LOST", "the lease was too old to begin"));
  return { kind: "again", failure };
}

import type { Collect } from "../config/flow-definition.ts";
import type { BundleSink, Outgoing, OutgoingBundle } from "../connector/contract.ts";
import { asHubError, type HubError } from "../errors.ts";
import { BUNDLE_PAGE, type BundleWork, endPage, own, takeUp } from "../flow/bundle.ts";
import type { Sender, SenderEnvironment } from "../flow/deliver.ts";
import { failpoint } from "../flow/failpoint.ts";
import type { LiveRoute } from "../flow/live-flow.ts";
import { outgoing } from "../flow/outgoing.ts";
import { untilDeadline } from "../flow/until-deadline.ts";
import { verdictOf } from "../flow/verdict.ts";
import { laneOf } from "../message/lane.ts";
import type { BundleRow } from "../store/bundle-table.ts";
import type { StoredDelivery } from "../store/delivery-table.ts";
import { type BundleSlots, bundleSlots } from "./bundle-slot.ts";

/** How long writing one may take; milliseconds. Who loses the route meanwhile gives up. */
const WRITE_DEADLINE = 300_000;
/** Between two looks for work; milliseconds. */
const LOOK_MS = 500;
/** First and longest pause while the system does not take it; milliseconds. */
const WAIT = { first: 1_000, last: 30_000 };

/**
 * Sends the deliveries of a route that collects: all that gathered, as one. Which they are is committed before anything is
 * written, so that it is the same when it is written again after a crash, by this process or another.
 */
export function bundler(
  route: LiveRoute,
  sink: BundleSink,
  collect: Collect,
  env: SenderEnvironment,
  stopped: string | null,
): Sender {
  const state = { stopped, waitingUntil: null as number | null };
  /** One process at a time works on the route: the one that has this lane. */
  const lane = laneOf(`bundle of ${route.id}`);
  const slots: BundleSlots = bundleSlots(route.id, collect, env.flow()?.deployedAt ?? env.now());
  let stopping = new AbortController();
  let closed = false;
  let failures = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let working: Promise<void> | null = null;

  const open = (): boolean =>
    !closed &&
    !stopping.signal.aborted &&
    state.stopped === null &&
    env.flow() !== undefined &&
    (state.waitingUntil === null || env.now() >= state.waitingUntil);

  async function work(): Promise<void> {
    while (open()) {
      const lease = env.store.seat.held().lease(lane);
      if (lease === undefined || !env.store.seat.mayBegin(lease)) return;
      const own: BundleWork = { route, sink, lease, env };
      const bundle = await current(own);
      if (bundle === undefined) return;
      if (bundle.state === "open") await takeUp(bundle, collect.rows, own);
      else if (bundle.state === "fixed") await write(bundle, own);
      else await end(bundle, own);
    }
  }

  /** The one that is not done, or the next one when it is due. */
  function current({ lease }: BundleWork): Promise<BundleRow | undefined> {
    return env.store.transaction(async (tx) => {
      const last = await tx.bundles.last(route.id);
      if (last !== undefined && last.state !== "done") return last;
      const due = await slots.due(tx, env.now());
      if (due === undefined) return undefined;
      await own(tx, lease, env);
      const flow = env.flow()?.id ?? 0;
      return tx.bundles.begin({ flow, route: route.id, ...due, startedAt: env.now() });
    });
  }

  async function write(bundle: BundleRow, { lease }: BundleWork): Promise<void> {
    const began = performance.now();
    try {
      const sent = await untilDeadline(stopping.signal, WRITE_DEADLINE, (signal) =>
        sink.send(outgoingBundle(bundle), signal),
      ).finally(() => env.tried((performance.now() - began) / 1000));
      failpoint("after_deliver");
      failures = 0;
      state.waitingUntil = null;
      await env.store.transaction(async (tx) => {
        await own(tx, lease, env);
        await tx.bundles.change({ ...bundle, state: "written", failure: null, answer: sent.answer });
      });
      env.note("sent", null);
    } catch (thrown) {
      if (stopping.signal.aborted) return;
      await failed(bundle, asHubError(thrown), lease);
    }
  }

  /** What the system lacks passes; anything else is for a person, since no delivery alone is to blame. */
  async function failed(bundle: BundleRow, error: HubError, lease: BundleWork["lease"]): Promise<void> {
    const flow = env.flow();
    if (flow === undefined) return;
    const verdict = verdictOf(error, flow.definition, 1, env.now(), env.random());
    const passes = verdict.kind === "route-waits" || verdict.kind === "retry" || verdict.kind === "in-doubt";
    if (!passes || failures === 0) env.note(passes ? "waits" : "stops", error.code);
    if (passes) {
      failures += 1;
      const wait = Math.min(WAIT.first * 2 ** Math.min(failures - 1, 10), WAIT.last);
      const asked = verdict.kind === "route-waits" ? verdict.until : null;
      state.waitingUntil = asked ?? env.now() + wait * (0.8 + 0.4 * env.random());
      env.wakeAt(state.waitingUntil);
    } else state.stopped = `${verdict.failure.code}: ${verdict.failure.message}`;
    await env.store.transaction(async (tx) => {
      await own(tx, lease, env);
      await tx.bundles.change({ ...bundle, failure: verdict.failure });
      if (!passes) await tx.flows.setStopped(route.id, state.stopped);
    });
  }

  async function end(bundle: BundleRow, work: BundleWork): Promise<void> {
    let after: StoredDelivery | null = null;
    do after = await endPage(bundle, after, work);
    while (after !== null);
  }

  function outgoingBundle(bundle: BundleRow): OutgoingBundle {
    return {
      id: `${env.flow()?.name ?? route.id}.${utc(bundle.slot)}.${bundle.part}`,
      sequence: bundle.sequence,
      ...localTime(bundle.slot, collect.zone),
      deliveries: () => deliveriesOf(bundle),
    };
  }

  /** Page by page, so that it need not fit into memory. */
  async function* deliveriesOf({ id }: BundleRow): AsyncGenerator<Outgoing> {
    let after: StoredDelivery | null = null;
    for (;;) {
      const from: StoredDelivery | null = after;
      const page: readonly StoredDelivery[] = await env.store.transaction((tx) =>
        tx.bundles.deliveries(id, from, BUNDLE_PAGE),
      );
      for (const delivery of page) yield outgoing(delivery, route, delivery.attempts + 1);
      after = page.at(-1) ?? null;
      if (page.length < BUNDLE_PAGE) return;
    }
  }

  const self: Sender = {
    state,
    pump() {
      if (working !== null) return working;
      const now = performance.now();
      if (now < lookedAt + LOOK_MS) return Promise.resolve();
      lookedAt = now;
      working = Promise.resolve()
        .then(work)
        // Its lane is another's now, or the store does not answer: the next look finds what is left.
        .catch((error: unknown) => env.note("failed", asHubError(error).code))
        .finally(() => {
          working = null;
        });
      return working;
    },
    /** What was under way is in the store, and is written again. */
    recover: async () => undefined,
    follow(reason) {
      if (reason === null && state.stopped !== null) self.resume();
      state.stopped = reason;
    },
    async idle(lanes) {
      if (!lanes.has(lane) || working === null) return;
      stopping.abort();
      await working;
      stopping = new AbortController();
    },
    resume() {
      state.stopped = null;
      state.waitingUntil = null;
      failures = 0;
      lookedAt = Number.NEGATIVE_INFINITY;
    },
    async close() {
      closed = true;
      stopping.abort();
      await working;
    },
  };
  return self;
}

/** `20261128T010000Z`: names sort as the slots came, and none comes twice when clocks are put back. */
function utc(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
}

function localTime(at: number, zone: string): { readonly date: string; readonly time: string } {
  const [date = "", time = ""] = new Date(at).toLocaleString("sv-SE", { timeZone: zone }).split(" ");
  return { date: date.replaceAll("-", ""), time: time.replaceAll(":", "") };
}

import type { BundleSink } from "../connector/contract.ts";
import { asHubError, toFailure } from "../errors.ts";
import type { BundleRow } from "../store/bundle-table.ts";
import type { StoredDelivery } from "../store/delivery-table.ts";
import type { Lease } from "../store/lane-table.ts";
import type { Tx } from "../store/store.ts";
import { type Effect, type Ending, type Tried, unchanged, writeTried } from "./attempt-end.ts";
import type { SenderEnvironment } from "./deliver.ts";
import { knownApplied } from "./known-applied.ts";
import type { LiveRoute } from "./live-flow.ts";
import { outgoing } from "./outgoing.ts";

/** Deliveries that one transaction takes up or ends. */
export const BUNDLE_PAGE = 256;

export type BundleEnvironment = Pick<
  SenderEnvironment,
  "store" | "now" | "blocked" | "fence" | "flow" | "note"
>;

/**
 * Takes queued deliveries up into a bundle, whoever has their lanes, and settles for good which they are once there are no
 * more or it is full. What cannot be part of it is parked, what waits behind such a one is put aside, and what comes too
 * late ends as stale, each as if it were sent by itself.
 * @param most how many it may hold
 */
export async function takeUp(bundle: BundleRow, most: number, work: BundleWork): Promise<void> {
  const { route, lease, env } = work;
  const taken = await env.store.transaction(async (tx) => {
    await own(tx, lease, env);
    const wanted = Math.min(BUNDLE_PAGE, most - bundle.rows);
    const queued = await tx.deliveries.queued(route.id, 0, wanted);
    const found = await sort(tx, queued, work);
    const effects = found.ended.length === 0 ? [] : await writeTried(tx, route, found.ended, env);
    const at = env.now();
    if (found.behind.length > 0)
      await tx.deliveries.change(found.behind.map((one) => ({ ...unchanged(one), state: "held", at })));
    if (found.fit.length > 0) {
      await tx.deliveries.change(found.fit.map((one) => ({ ...unchanged(one), state: "sending", at })));
      await tx.bundles.add(bundle.id, found.fit);
    }
    if (effects.length > 0) await tx.lanes.tell();
    const rows = bundle.rows + found.fit.length;
    const isWhole = rows >= most || queued.length < wanted;
    await tx.bundles.change({
      ...bundle,
      rows,
      sequence: found.fit.reduce((highest, { id }) => Math.max(highest, id), bundle.sequence),
      state: !isWhole ? "open" : rows === 0 ? "done" : "fixed",
      finishedAt: isWhole && rows === 0 ? at : null,
    });
    return { effects, codes: found.codes };
  });
  carry(taken.effects, route, env);
  for (const code of taken.codes) env.note("failed", code);
}

/**
 * Ends the deliveries of a bundle that the target has, page by page; who is interrupted goes on where it was.
 * @param after where the page before ended
 * @returns the last one of the page; null when that was the last page
 */
export async function endPage(
  bundle: BundleRow,
  after: StoredDelivery | null,
  { route, lease, env }: BundleWork,
): Promise<StoredDelivery | null> {
  const ended = await env.store.transaction(async (tx) => {
    await own(tx, lease, env);
    const page = await tx.bundles.deliveries(bundle.id, after, BUNDLE_PAGE);
    const ending: Ending = { kind: "applied", answer: bundle.answer ?? "" };
    const open = page.filter(({ state }) => state === "sending");
    const tried = open.map((delivery) => triedOnce(delivery, ending, lease, env.now()));
    const effects = tried.length === 0 ? [] : await writeTried(tx, route, tried, env);
    if (effects.length > 0) await tx.lanes.tell();
    const isLast = page.length < BUNDLE_PAGE;
    if (isLast) await tx.bundles.change({ ...bundle, state: "done", failure: null, finishedAt: env.now() });
    return { effects, last: isLast ? null : (page.at(-1) ?? null) };
  });
  carry(ended.effects, route, env);
  return ended.last;
}

export interface BundleWork {
  readonly route: LiveRoute;
  readonly sink: BundleSink;
  /** Of the lane by which one process has the route. */
  readonly lease: Lease;
  readonly env: BundleEnvironment;
}

/** Its deliveries are of all lanes: nobody else works on any of them until the transaction ends. */
export async function own(tx: Tx, lease: Lease, { fence }: BundleEnvironment): Promise<void> {
  await tx.lanes.enter();
  await fence.leases(tx, [lease]);
  // What others have blocked on their lanes they told nobody.
  await fence.relearn(tx);
}

interface Sorted {
  readonly fit: readonly StoredDelivery[];
  readonly behind: readonly StoredDelivery[];
  readonly ended: readonly Tried[];
  /** Why some were parked. */
  readonly codes: readonly string[];
}

async function sort(
  tx: Tx,
  queued: readonly StoredDelivery[],
  { route, sink, lease, env }: BundleWork,
): Promise<Sorted> {
  const known = knownApplied(route.id);
  const applied = await known.read(tx, queued);
  const blocks = env.flow()?.definition.carries !== "state" && route.definition.onPark === "block";
  const fit: StoredDelivery[] = [];
  const behind: StoredDelivery[] = [];
  const ended: Tried[] = [];
  const codes: string[] = [];
  const blockedHere = new Set<string>();
  const end = (delivery: StoredDelivery, ending: Ending): void => {
    ended.push(triedOnce(delivery, ending, lease, env.now()));
  };
  for (const delivery of queued) {
    const { key } = delivery;
    if (env.blocked.isBehind(route.id, delivery) || (key !== null && blockedHere.has(key))) {
      behind.push(delivery);
    } else if (known.isStale(delivery, applied.get(key ?? ""))) {
      end(delivery, { kind: "stale" });
    } else {
      try {
        sink.check(outgoing(delivery, route, delivery.attempts + 1));
        fit.push(delivery);
      } catch (thrown) {
        const error = asHubError(thrown);
        codes.push(error.code);
        end(delivery, { kind: "park", failure: toFailure(error) });
        if (blocks && key !== null) blockedHere.add(key);
      }
    }
  }
  return { fit, behind, ended, codes };
}

function triedOnce(delivery: StoredDelivery, ending: Ending, lease: Lease, startedAt: number): Tried {
  return { delivery, number: delivery.attempts + 1, startedAt, ending, lease };
}

function carry(effects: readonly Effect[], route: LiveRoute, { blocked }: BundleEnvironment): void {
  for (const { key, by, blocks } of effects) {
    if (blocks) blocked.add(route.id, key, by);
    else blocked.remove(route.id, key);
  }
}

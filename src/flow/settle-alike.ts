import { awaitedPayers } from "../crm/payment-owner.ts";
import type { Newcomers } from "../store/crm-tables.ts";
import type { Places } from "../store/message-table.ts";
import type { Sharing, Store, Tx } from "../store/store.ts";
import type { ItemEnd } from "./item.ts";
import { Ledger } from "./ledger.ts";
import type { LiveFlow } from "./live-flow.ts";
import type { Alongside } from "./run-settle.ts";
import type { Settled, SettleEnvironment } from "./settlement.ts";

/** Rows of a file, or messages, that end alike. */
export interface AlikeRows {
  readonly keys: readonly (string | null)[];
  /** Those of messages; null: they are rows, which are counted in now. */
  readonly places: Places | null;
  /** They, where each is a newcomer that takes the flow's only route; null: all are unchanged. */
  readonly newcomers: Newcomers | null;
}

/**
 * Commits rows or messages by column, as `runSettle` would one by one: the way of a first load, and of the same file again.
 * @returns null when nothing was committed, since more than the rows has a say in what they come to; or for whatever
 *   other reason, which the long way will tell
 * @param before the first work of the transaction
 */
export async function settleAlike(
  store: Store,
  flow: LiveFlow,
  batch: readonly AlikeRows[],
  env: SettleEnvironment,
  alongside: Alongside,
  before: (tx: Tx) => Promise<void>,
  sharing: Sharing = "alone",
): Promise<Settled | null> {
  if (env.blocked.count(-flow.id) > 0) return null;
  if (batch.some(({ newcomers }) => newcomers !== null) && !takesNewcomers(flow, env)) return null;
  try {
    return await store.transaction(async (tx) => {
      await before(tx);
      const settled = await settle(tx, flow, batch, env);
      await alongside(tx, settled);
      return settled;
    }, sharing);
  } catch {
    // Also at its commit: a store may not have waited for the answers to its statements before, and one of them is that a
    // record is there. A transaction that fails has committed nothing, whenever it did.
    return null;
  }
}

/** Whether they all go to the CRM, and nobody waits for the changes. */
function takesNewcomers({ routes, definition }: LiveFlow, env: SettleEnvironment): boolean {
  const [route] = routes;
  if (routes.length !== 1 || route?.exit.kind !== "crm" || route.exit.entity !== "customer") return false;
  return !definition.publish || env.subscribers("customer.changed").length === 0;
}

async function settle(
  tx: Tx,
  flow: LiveFlow,
  batch: readonly AlikeRows[],
  env: SettleEnvironment,
): Promise<Settled> {
  const ledger = new Ledger(flow);
  const ends: ItemEnd[] = [];
  for (const { keys, places, newcomers } of batch) {
    await refuseOlder(tx, flow, keys, env.now);
    if (newcomers !== null) await arrive(tx, newcomers, env.now);
    const outcome = newcomers === null ? "unchanged" : "applied";
    const end = { routes: Object.fromEntries(flow.routes.map(({ to }) => [to, outcome])) };
    for (let n = 0; n < keys.length; n++) ends.push(end);
    if (places !== null) await tx.messages.end(places, end.routes, env.now);
    ledger.alike(keys.length, end.routes, places === null);
  }
  await ledger.write(tx, env.now);
  return { ends, block: [], unblock: [], wakeAt: null, passedOn: false };
}

class MoreToSay extends Error {}

/** @throws when an older message of one waits or is parked, which they would supersede */
async function refuseOlder(
  tx: Tx,
  flow: LiveFlow,
  keys: readonly (string | null)[],
  now: number,
): Promise<void> {
  if (flow.definition.carries !== "state") return;
  const before = Number.MAX_SAFE_INTEGER;
  const own = keys.flatMap((key) => (key === null ? [] : [{ key, before }]));
  if ((await tx.messages.supersede(flow.id, own, now)).length > 0)
    throw new MoreToSay("they supersede others");
  for (const { id, exit } of flow.routes) {
    if (exit.kind === "system" && (await tx.deliveries.supersede(id, own, now)).length > 0)
      throw new MoreToSay("they supersede others");
  }
}

/** @throws when a cross-reference or a payment names one of them, or a record of one is there */
async function arrive(tx: Tx, newcomers: Newcomers, now: number): Promise<void> {
  const { system, externalIds } = newcomers;
  // Another process may be about to commit a link or a payment that names one of them.
  await tx.crm.alone();
  const [links, payers] = await Promise.all([
    tx.crm.linksTo(system, externalIds),
    awaitedPayers(tx.crm, system, externalIds),
  ]);
  if (links.length > 0) throw new MoreToSay("there are links to them");
  if (payers.size > 0) throw new MoreToSay("payments wait for them");
  const { length } = externalIds;
  await tx.crm.arrive(newcomers, await tx.crm.reserve(length, length), now);
}

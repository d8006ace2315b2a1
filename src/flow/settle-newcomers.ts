import type { Newcomers } from "../store/crm-tables.ts";
import type { Store, Tx } from "../store/store.ts";
import { Ledger } from "./ledger.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";
import type { Alongside } from "./run-settle.ts";
import type { Settled, SettleEnvironment } from "./settlement.ts";

/** Rows of a file, all newcomers, of which each takes the flow's only route. */
export interface NewcomerRows {
  readonly newcomers: Newcomers;
  readonly keys: readonly (string | null)[];
}

/**
 * Commits newcomers from their columns, as `runSettle` would one by one: the way of a first load.
 * @returns null when nothing was committed, since more than the rows has a say in what they come to; or for whatever
 *   other reason, which the long way will tell
 * @param before the first work of the transaction
 */
export async function settleNewcomers(
  store: Store,
  flow: LiveFlow,
  batch: readonly NewcomerRows[],
  env: SettleEnvironment,
  alongside: Alongside,
  before: (tx: Tx) => Promise<void>,
): Promise<Settled | null> {
  const [route, more] = flow.routes;
  if (route === undefined || more !== undefined || !isAlone(flow, route, env)) return null;
  let committing = false;
  try {
    return await store.transaction(async (tx) => {
      await before(tx);
      const settled = await settle(tx, flow, route, batch, env);
      await alongside(tx, settled);
      committing = true;
      return settled;
    });
  } catch (error) {
    if (committing) throw error;
    return null;
  }
}

/** Whether nobody waits for the changes, and no row could have to wait for another. */
function isAlone(flow: LiveFlow, { exit }: LiveRoute, env: SettleEnvironment): boolean {
  if (exit.kind !== "crm" || exit.entity !== "customer") return false;
  if (flow.definition.publish && env.subscribers("customer.changed").length > 0) return false;
  return env.blocked.count(-flow.id) === 0;
}

async function settle(
  tx: Tx,
  flow: LiveFlow,
  route: LiveRoute,
  batch: readonly NewcomerRows[],
  env: SettleEnvironment,
): Promise<Settled> {
  let count = 0;
  for (const { newcomers, keys } of batch) {
    await refuseOthers(tx, flow, newcomers, keys, env.now);
    const { length } = newcomers.rows;
    await tx.crm.arrive(newcomers, await tx.crm.reserve(length, length), env.now);
    count += length;
  }
  const ledger = new Ledger(flow);
  ledger.rows(count, route, "applied");
  await ledger.write(tx, env.now);
  const end = { routes: { [route.to]: "applied" } };
  return { ends: new Array(count).fill(end), block: [], unblock: [], wakeAt: null, passedOn: false };
}

class MoreToSay extends Error {}

/** @throws when a cross-reference names one of them, or an older message of one waits or is parked */
async function refuseOthers(
  tx: Tx,
  flow: LiveFlow,
  { system, externalIds }: Newcomers,
  keys: readonly (string | null)[],
  now: number,
): Promise<void> {
  if ((await tx.crm.linksTo(system, externalIds)).length > 0) throw new MoreToSay("there are links to them");
  if (flow.definition.carries !== "state") return;
  const before = Number.MAX_SAFE_INTEGER;
  const own = keys.flatMap((key) => (key === null ? [] : [{ key, before }]));
  if ((await tx.messages.supersede(flow.id, own, now)).length > 0)
    throw new MoreToSay("they supersede others");
}

import { asHubError, HubError } from "../errors.ts";
import type { Store, Tx } from "../store/store.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import type { Item } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";
import { settle } from "./settle.ts";
import { RefusedItems, type Settled, type SettleEnvironment } from "./settlement.ts";

/** Work that must commit together with a settlement: the checkpoint of a file. */
export type Alongside = (tx: Tx, settled: Settled) => Promise<void>;

/**
 * Commits the transform of a batch. Items the CRM refuses become failures and the rest is tried again; when the
 * transaction breaks for another reason the batch is halved until the one item that breaks it stands alone.
 * Gives the ends of all items, in order.
 * @param before the first work of the transaction; what it throws ends it all, if it is the hub's fault
 */
export async function runSettle(
  store: Store,
  flow: LiveFlow,
  items: readonly Item[],
  env: SettleEnvironment,
  alongside: Alongside = async () => undefined,
  before: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<Settled> {
  let batch = items;
  for (;;) {
    try {
      const settled = await store.transaction(async (tx) => {
        await before(tx);
        const inside = await settle(tx, flow, batch, env);
        await alongside(tx, inside);
        return inside;
      });
      carry(env.blocked, settled);
      return settled;
    } catch (error) {
      if (error instanceof RefusedItems) {
        batch = batch.map((item, index) => {
          const failure = error.failures.get(index);
          return failure === undefined ? item : { ...item, result: failure };
        });
        continue;
      }
      if (error instanceof HubError && error.fault === "hub") throw error;
      batch = await isolate(store, flow, batch, env, error);
    }
  }
}

/** Finds the items that break a transaction, each judged alone in a transaction that is undone. */
async function isolate(
  store: Store,
  flow: LiveFlow,
  batch: readonly Item[],
  env: SettleEnvironment,
  thrown: unknown,
): Promise<readonly Item[]> {
  const culprits = new Map<number, HubError>();
  await probe(0, batch.length);
  // Nothing breaks alone: it is not the content, so it is not condemned.
  if (culprits.size === 0) throw thrown;
  return batch.map((item, index) => {
    const failure = culprits.get(index);
    return failure === undefined ? item : { ...item, result: failure };
  });

  async function probe(from: number, to: number): Promise<void> {
    const failure = await tryOut(store, flow, batch.slice(from, to), env);
    if (failure === null) return;
    if (to - from === 1) {
      culprits.set(from, asHubError(failure));
      return;
    }
    const middle = (from + to) >>> 1;
    await probe(from, middle);
    await probe(middle, to);
  }
}

class Undo extends Error {}

async function tryOut(
  store: Store,
  flow: LiveFlow,
  items: readonly Item[],
  env: SettleEnvironment,
): Promise<unknown> {
  try {
    await store.transaction(async (tx) => {
      await settle(tx, flow, items, env);
      throw new Undo();
    });
  } catch (error) {
    return error instanceof Undo || error instanceof RefusedItems ? null : error;
  }
  return null;
}

function carry(blocked: BlockedKeys, settled: Settled): void {
  for (const one of settled.block) blocked.add(one.scope, one.key, one.by);
  for (const one of settled.unblock) blocked.remove(one.scope, one.key);
}

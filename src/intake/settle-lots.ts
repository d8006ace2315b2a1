import type { Fence } from "../flow/fence.ts";
import { type AlikeRows, settleAlike } from "../flow/settle-alike.ts";
import type { SettleEnvironment } from "../flow/settlement.ts";
import type { Transformed } from "../flow/transform.ts";
import type { Store, Tx } from "../store/store.ts";
import { alikeRows } from "./alike-rows.ts";
import type { Lot } from "./lot.ts";

class NotNow extends Error {}

/**
 * What became of lots: settled; `behind` others of their flow, which come first; `mixed`, when not all are newcomers;
 * `touched` by a person, so that the store says more of them than they do. But for the first, nothing was committed.
 */
export type LotsEnd = Transformed | "behind" | "mixed" | "touched";

/** Commits lots by column, where each message is a newcomer and it is its turn. */
export async function settleLots(
  lots: readonly [Lot, ...Lot[]],
  {
    store,
    fence,
    settle,
  }: { readonly store: Store; readonly fence: Fence; readonly settle: () => SettleEnvironment },
): Promise<LotsEnd> {
  const [{ flow, places }] = lots;
  const batch: AlikeRows[] = [];
  for (const lot of lots) {
    const alike = alikeLot(lot);
    if (alike === null) return "mixed";
    batch.push(alike);
  }
  const all = { first: places.first, last: (lots.at(-1) as Lot).places.last };
  const held = store.seat.held();
  const env = settle();
  let otherwise: Exclude<LotsEnd, Transformed> = "mixed";
  const before = async (tx: Tx): Promise<void> => {
    await fence.messages(tx, [], held, fence.known());
    if (lots.some(({ known }) => known !== fence.known())) otherwise = "touched";
    else if (!(await tx.messages.areNext(flow.id, all))) otherwise = "behind";
    else return;
    throw new NotNow("it is not the turn of these lots");
  };
  const settled = await settleAlike(store, flow, batch, env, async () => undefined, before, "waits");
  if (settled === null) return otherwise;
  return {
    ...settled,
    mapping: lots.flatMap(({ mapped }) => (mapped === null ? [] : [...mapped.took])),
    ages: lots.flatMap(({ keys, acceptedAt }) => keys.map(() => (env.now - acceptedAt) / 1000)),
  };
}

function alikeLot({ flow, system, places, keys, mapped }: Lot): AlikeRows | null {
  if (mapped === null || mapped.rows.states.length < keys.length) return null;
  return alikeRows(mapped.rows, {
    ...{ system, file: null, flowVersion: flow.version, keys },
    rows: keys.map((_, at) => places.first + at),
    hashes: keys.map(() => null),
  });
}

import type { Fence } from "../flow/fence.ts";
import { type AlikeRows, settleAlike } from "../flow/settle-alike.ts";
import type { SettleEnvironment } from "../flow/settlement.ts";
import type { Transformed } from "../flow/transform.ts";
import type { Store, Tx } from "../store/store.ts";
import { alikeRows } from "./alike-rows.ts";
import type { Lot } from "./map-ahead.ts";

class OutOfTurn extends Error {}

/**
 * Commits lots by column, where each message is a newcomer and it is its turn.
 * @returns null when nothing was committed: they take the long way
 */
export async function settleLots(
  lots: readonly Lot[],
  {
    store,
    fence,
    settle,
  }: { readonly store: Store; readonly fence: Fence; readonly settle: () => SettleEnvironment },
): Promise<Transformed | null> {
  const [first] = lots;
  const last = lots.at(-1);
  if (first === undefined || last === undefined) return null;
  const batch: AlikeRows[] = [];
  for (const lot of lots) {
    const alike = alikeLot(lot);
    if (alike === null) return null;
    batch.push(alike);
  }
  const held = store.seat.held();
  const env = settle();
  const before = async (tx: Tx): Promise<void> => {
    await fence.messages(tx, [], held, fence.known());
    const places = { first: first.places.first, last: last.places.last };
    if (
      lots.some(({ known }) => known !== fence.known()) ||
      !(await tx.messages.areNext(first.flow.id, places))
    )
      throw new OutOfTurn("others come first, or a person has had a say");
  };
  const settled = await settleAlike(store, first.flow, batch, env, async () => undefined, before, "waits");
  if (settled === null) return null;
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

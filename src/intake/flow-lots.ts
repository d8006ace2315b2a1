import type { Lot } from "./lot.ts";

/** The lots of one flow that are under way, oldest first, and what those before them taught. */
export interface FlowLots {
  readonly oldest: () => Lot | undefined;
  push(lot: Lot): void;
  /** Forgets one that was not committed; false when it is not there. */
  withdraw(lot: Lot): boolean;
  /** The oldest, neighbours of one version, if they are mapped and committed; none while it is worth while to wait for more. */
  ready(): readonly Lot[];
  /** Forgets the oldest, and gives those that were there. @param mixed whether they held others than newcomers */
  drop(lots: readonly Lot[], mixed: boolean): readonly Lot[];
  /** Whether the next is to be mapped as if it held newcomers only; it counts as that one. */
  nextAreStrangers(): boolean;
  /** A lot came back. @param isCut whether a turn was too short for it */
  cameBack(isCut: boolean): void;
  /** Whether the flow is left to the engine, since its lots take too long. */
  isResting(): boolean;
  /** A lot of so many messages came: whether it is worth the way to the mapper. */
  isWorth(messages: number): boolean;
}

/** Fewer are mapped sooner in their turn; but for some milliseconds after a large one, since those behind would wait for it. */
const WORTH = 8;
const FOLLOW_MS = 50;
/** Messages that are settled together at most. */
const MOST_TOGETHER = 512;
/** So many are enough for a settlement; fewer wait for those being mapped, until the oldest is so old. Milliseconds. */
const ENOUGH = 192;
const GATHER_MS = 8;
/**
 * A flow whose lots take longer than a turn is left to the engine, which shares its time out, for so long; milliseconds.
 * Each such lot doubles it, since the first may only have been cold.
 */
const REST = { first: 50, most: 10_000 };
/** After a lot with somebody known, so many are mapped for both; the next such lot doubles it, up to the most. */
const FEWEST_MIXED = 4;
const MOST_MIXED = 256;

export function flowLots(clock: () => number): FlowLots {
  const lots: Lot[] = [];
  const rest = { until: 0, next: REST.first };
  /** Small lots too are mapped ahead until then. */
  let followedUntil = 0;
  /** Lots that are yet to be mapped as if they held others than newcomers, and how many it were the last time. */
  let mixed = 0;
  let lastMixed = FEWEST_MIXED / 2;

  /** Whether more are about to come back, so that all are settled together: nobody waits for it, and it costs less. */
  function isWorthWaiting(found: readonly Lot[], count: number): boolean {
    const [oldest] = found;
    if (oldest === undefined || found.length === lots.length || count >= ENOUGH) return false;
    return !isDone(lots[found.length] as Lot) && clock() - oldest.sentAt < GATHER_MS;
  }

  return {
    oldest: () => lots[0],
    push: (lot) => {
      lots.push(lot);
    },
    withdraw(lot) {
      const at = lots.indexOf(lot);
      if (at >= 0) lots.splice(at, 1);
      return at >= 0;
    },
    ready() {
      const found: Lot[] = [];
      let count = 0;
      for (const lot of lots) {
        const before = found.at(-1);
        if (!isDone(lot) || lot.flow.version !== (before ?? lot).flow.version) break;
        if (before !== undefined && lot.places.first !== before.places.last + 1) break;
        if (before !== undefined && count + lot.keys.length > MOST_TOGETHER) break;
        found.push(lot);
        count += lot.keys.length;
      }
      return isWorthWaiting(found, count) ? [] : found;
    },
    drop(ended, wereMixed) {
      const dropped = ended.filter((lot) => lots[0] === lot && lots.shift() !== undefined);
      if (ended[0]?.strangers === true && mixed === 0) {
        lastMixed = wereMixed ? Math.min(2 * lastMixed, MOST_MIXED) : FEWEST_MIXED / 2;
        if (wereMixed) mixed = lastMixed;
      }
      return dropped;
    },
    nextAreStrangers() {
      if (mixed === 0) return true;
      mixed -= 1;
      return false;
    },
    cameBack(isCut) {
      if (isCut) rest.until = clock() + rest.next;
      rest.next = isCut ? Math.min(2 * rest.next, REST.most) : REST.first;
    },
    isResting: () => clock() < rest.until,
    isWorth(messages) {
      if (messages < WORTH) return clock() <= followedUntil;
      followedUntil = clock() + FOLLOW_MS;
      return true;
    },
  };
}

function isDone({ mapped, isCommitted }: Lot): boolean {
  return mapped !== null && isCommitted;
}

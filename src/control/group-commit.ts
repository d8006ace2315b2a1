import { refusalIfLate } from "../store/late.ts";
import type { Admission, Engine, Receipt } from "./engine.ts";

interface Group {
  readonly items: readonly Admission[];
  /** When it came; milliseconds of `performance.now()`. */
  readonly came: number;
  readonly resolve: (receipts: readonly Receipt[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches that arrive while the engine is at other work, or while a commit is under way, share the next one: a commit costs
 * the same statements, journeys and disk whatever is in it. An idle engine commits at once.
 */
export function groupCommit(admit: Engine["admit"]): Engine["admit"] {
  let waiting: Group[] = [];
  let busy = false;

  const commit = async (): Promise<void> => {
    const groups = inTime(waiting);
    waiting = [];
    try {
      const items = groups.flatMap((group) => group.items);
      const receipts = items.length === 0 ? [] : await admit(items);
      settle(groups, receipts);
    } catch (error) {
      for (const { reject } of groups) reject(error);
    }
    if (waiting.length === 0) busy = false;
    else next();
  };

  // After the port was read to its end, which is before the next turn of the event loop.
  const next = (): void => void setImmediate(() => void commit());

  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, came: performance.now(), resolve, reject });
      if (busy) return;
      busy = true;
      next();
    });
}

/** Those that did not wait too long; the others are refused. */
function inTime(groups: readonly Group[]): readonly Group[] {
  return groups.filter(({ came, reject }) => {
    const late = refusalIfLate(came);
    if (late !== null) reject(late);
    return late === null;
  });
}

function settle(groups: readonly Group[], receipts: readonly Receipt[]): void {
  let at = 0;
  for (const group of groups) {
    group.resolve(receipts.slice(at, at + group.items.length));
    at += group.items.length;
  }
}

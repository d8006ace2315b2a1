import type { Admission, Engine, Receipt } from "./engine.ts";

interface Group {
  readonly items: readonly Admission[];
  readonly resolve: (receipts: readonly Receipt[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches that arrive while the engine is at other work share one commit: a commit waits for the disk, whatever is in it.
 * An idle engine commits at once.
 */
export function groupCommit(admit: Engine["admit"]): Engine["admit"] {
  let waiting: Group[] = [];

  const commit = (): void => {
    const groups = waiting;
    waiting = [];
    admit(groups.length === 1 ? (groups[0]?.items ?? []) : groups.flatMap((group) => group.items)).then(
      (receipts) => {
        let at = 0;
        for (const group of groups) {
          group.resolve(receipts.slice(at, at + group.items.length));
          at += group.items.length;
        }
      },
      (error: unknown) => {
        for (const group of groups) group.reject(error);
      },
    );
  };

  return (items) =>
    new Promise((resolve, reject) => {
      // After the port was read to its end, which is before the next turn of the event loop.
      if (waiting.push({ items, resolve, reject }) === 1) setImmediate(commit);
    });
}

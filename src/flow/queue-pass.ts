import type { StoredDelivery } from "../store/delivery-table.ts";

/** One reading of a route's queue, page by page: of what it gives, what must not begin, since another of its key comes first. */
export interface QueuePass {
  /** Whether something is queued again that stands before what is read now. */
  isOver(): boolean;
  /** It has ended meanwhile; a page may list it as it was. @param applied false: it is queued again, or never will be */
  ended(delivery: StoredDelivery, applied: boolean): void;
  /** None of its key that is read after it may begin. */
  passOver(delivery: StoredDelivery): void;
  /** It could not begin though its turn had come; none of its key begins before the next reading. */
  refuse(delivery: StoredDelivery): void;
  /** It stands behind a blocked key. */
  putBehind(delivery: StoredDelivery): void;
  /** Whether one of its key stood behind a blocked one: that comes first, though the key may have been let go meanwhile. */
  isBehindOthers(delivery: StoredDelivery): boolean;
  /** Whether what was read before its turn may still begin. */
  mayBegin(delivery: StoredDelivery): boolean;
  /** Whether what a page lists is to be looked at. */
  mayBeRead(delivery: StoredDelivery): boolean;
}

/** @param released a number that changes when what stood behind a blocked key may go on; see BlockedKeys */
export function queuePass(released: () => number): QueuePass {
  const releasedBefore = released();
  const ids = new Set<number>();
  const passed = new Set<string>();
  const refused = new Set<string>();
  const behind = new Set<string>();
  let over = false;
  const pass: QueuePass = {
    isOver: () => over || released() !== releasedBefore,
    ended({ id }, applied) {
      over ||= !applied;
      ids.add(id);
    },
    passOver: (delivery) => add(passed, delivery),
    refuse: (delivery) => add(refused, delivery),
    putBehind: (delivery) => add(behind, delivery),
    isBehindOthers: (delivery) => isIn(behind, delivery),
    mayBegin: (delivery) => !ids.has(delivery.id) && !isIn(refused, delivery),
    mayBeRead: (delivery) => pass.mayBegin(delivery) && !isIn(passed, delivery),
  };
  return pass;
}

function isIn(keys: ReadonlySet<string>, { key }: StoredDelivery): boolean {
  return key !== null && keys.has(key);
}

function add(keys: Set<string>, { key }: StoredDelivery): void {
  if (key !== null) keys.add(key);
}

import { HubError } from "../errors.ts";
import { laneOf } from "../message/lane.ts";
import { DUTY, EVERY_LANE, type HeldLanes, type Lease, leasesOf } from "../store/lane-table.ts";
import type { StoredMessage } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { BlockedKeys } from "./blocked-keys.ts";

/**
 * Stands at the beginning of each transaction that finishes work: what others have done meanwhile is known behind it, and
 * nobody else works on the same until the transaction ends.
 */
export interface Fence {
  /** Number of the newest thing that others told of and that is known here. */
  known(): number;
  /** Reads what others told of. */
  learn(tx: Tx): Promise<void>;
  /** Reads all anew: what lanes that were another's till now have blocked, nobody told. */
  relearn(tx: Tx): Promise<void>;
  /**
   * For messages that were claimed.
   * @param known as it was before the claim
   * @throws HubError TL_LANE_LOST when they are not this process's to finish any more
   */
  messages(tx: Tx, claimed: readonly StoredMessage[], held: HeldLanes, known: number): Promise<void>;
  /** For deliveries. @throws HubError TL_LANE_LOST */
  leases(tx: Tx, leases: readonly Lease[]): Promise<void>;
  /** For rows of files, which may be of any lane, by who has the duty. @throws HubError TL_LANE_LOST */
  files(tx: Tx, held: HeldLanes): Promise<void>;
}

export function fence(blocked: BlockedKeys): Fence {
  let known = -1;

  async function upTo(tx: Tx, told: number): Promise<void> {
    if (told === known) return;
    blocked.reset(await tx.messages.blocked());
    known = told;
  }

  return {
    known: () => known,
    learn: async (tx) => upTo(tx, await tx.lanes.own([])),
    async relearn(tx) {
      known = -1;
      await upTo(tx, await tx.lanes.own([]));
    },
    async messages(tx, claimed, held, before) {
      // Who is alone need not know the lanes.
      const leases =
        held === EVERY_LANE
          ? []
          : leasesOf(
              held,
              claimed.map(({ key }) => (key === null ? 0 : laneOf(key))),
            );
      const told = await tx.lanes.own(leases);
      await upTo(tx, told);
      // What a person did to one since it was claimed stays done.
      if (told !== before && !(await tx.messages.areQueued(claimed.map(({ place }) => place))))
        throw new HubError("TL_LANE_LOST", "messages were taken off their queue since they were claimed");
    },
    async leases(tx, leases) {
      await upTo(tx, await tx.lanes.own(leases));
    },
    async files(tx, held) {
      await tx.lanes.enter();
      const told = await tx.lanes.own(
        held.every ? leasesOf(held, [...held.lanes, DUTY]) : leasesOf(held, [DUTY]),
      );
      // Others block keys on their lanes without telling.
      if (!held.every) known = -1;
      await upTo(tx, told);
    },
  };
}

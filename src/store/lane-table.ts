import { HubError } from "../errors.ts";
import { LANES } from "../message/lane.ts";

/** The lane behind those of messages: who has it takes files over, reads them and runs slots. */
export const DUTY = LANES;

/** What a process works on. */
export interface Part {
  /** Messages and deliveries. */
  readonly lanes: boolean;
  /** Files and slots. */
  readonly duty: boolean;
}

/** A lane in the hands of one process; the epoch rises whenever it changes hands. */
export interface Lease {
  readonly lane: number;
  readonly epoch: number;
}

/** The lanes a process had at one moment. */
export interface HeldLanes {
  /** Whether these are all lanes of messages, so that nobody else works on any. */
  readonly every: boolean;
  /** Those of messages, ascending. */
  readonly lanes: readonly number[];
  /** Of any lane, the duty too; undefined when it is another's. */
  lease(lane: number): Lease | undefined;
}

/** Who works on which lanes, inside a transaction. */
export interface LaneTable {
  /**
   * Keeps these lanes until the transaction ends. Whatever finishes work on them calls it first.
   * @returns how often `tell` was called so far
   * @throws HubError TL_LANE_LOST when one of them has changed hands since
   */
  own(leases: readonly Lease[]): Promise<number>;
  /** Keeps all lanes from being worked on until the transaction ends: for who works across them, whoever has them. */
  enter(): Promise<void>;
  /** Says that pauses or blocked keys are others now. After `enter`. */
  tell(): Promise<void>;
}

/** What a process learns when it renews its lease. */
export interface Renewal {
  /** Lanes that it has from now on, once `take` is called for them. */
  readonly gained: readonly Lease[];
  /** Lanes that others are to have: nothing new begins on them, and `leave` gives them up. */
  readonly leaving: readonly Lease[];
  readonly told: number;
}

/**
 * The place of this process among those that work on a store. An embedded store has one process, which has all lanes as
 * long as it is open.
 */
export interface Seat {
  /** Whether no other process had the store open when the lease was renewed. */
  alone(): boolean;
  /** The same object until it changes. */
  held(): HeldLanes;
  /**
   * Whether a request that takes at most half a lease may begin now: it ends while the lane is still this process's. By
   * clocks of this machine, since a process that stood still does not know it.
   */
  mayBegin(lease: Lease): boolean;
  /** @throws HubError TL_STORE_FAILED when the store does not answer */
  renew(): Promise<Renewal>;
  take(gained: readonly Lease[]): void;
  leave(leaving: readonly Lease[]): Promise<void>;
}

/** The leases of these lanes, each once. @throws HubError TL_LANE_LOST when one is not held */
export function leasesOf(held: HeldLanes, lanes: Iterable<number>): readonly Lease[] {
  return Array.from(new Set(lanes), (lane) => {
    const lease = held.lease(lane);
    if (lease === undefined) throw new HubError("TL_LANE_LOST", `lane ${lane} is not this process's`);
    return lease;
  });
}

export function heldLanes(leases: Iterable<Lease>): HeldLanes {
  const byLane = new Map(Array.from(leases, (lease) => [lease.lane, lease]));
  const lanes = [...byLane.keys()].filter((lane) => lane < LANES).sort((a, b) => a - b);
  return { every: lanes.length === LANES, lanes, lease: (lane) => byLane.get(lane) };
}

/** What a process has that is alone. */
export const EVERY_LANE = heldLanes(Array.from({ length: LANES + 1 }, (_, lane) => ({ lane, epoch: 0 })));

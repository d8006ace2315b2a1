import type { Failure } from "../errors.ts";
import type { StoredDelivery } from "./delivery-table.ts";

/** open: takes deliveries up → fixed: which they are stands for good → written: the target has it → done: so say its rows */
export const BUNDLE_STATES = ["open", "fixed", "written", "done"] as const;
export type BundleState = (typeof BUNDLE_STATES)[number];

/** Deliveries of one route that are sent as one: a file that is written. */
export interface BundleRow {
  readonly id: number;
  readonly flow: number;
  readonly route: number;
  /** The planned instant that names it, milliseconds since 1970. */
  readonly slot: number;
  /** From 1; a slot has several where more came than one may hold. */
  readonly part: number;
  /** Whether it is the last one of its slot. A slot has one of these, whatever clocks do (invariant I7). */
  readonly closes: boolean;
  readonly state: BundleState;
  /** Deliveries that were taken up. */
  readonly rows: number;
  /** The highest number of its deliveries; the target's sequence. */
  readonly sequence: number;
  /** Why it was not written the last time; null when it was, or was not tried. */
  readonly failure: Failure | null;
  /** What the target answered: the name of the file and its size. */
  readonly answer: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

export type NewBundle = Pick<BundleRow, "flow" | "route" | "slot" | "closes" | "startedAt">;

export interface BundleTable {
  /** The newest of a route. */
  last(route: number): Promise<BundleRow | undefined>;
  /** The last slot of a route that is closed; null when none is. */
  closed(route: number): Promise<number | null>;
  /**
   * Begins the next part of a slot; ones of earlier slots that are closed and had nothing to write go.
   * @returns undefined when the slot is closed already
   */
  begin(bundle: NewBundle): Promise<BundleRow | undefined>;
  /** Puts deliveries into it. */
  add(bundle: number, deliveries: readonly Pick<StoredDelivery, "id" | "message">[]): Promise<void>;
  /** Its deliveries in the order of their places, behind one of them. */
  deliveries(
    bundle: number,
    after: Pick<StoredDelivery, "id" | "message"> | null,
    limit: number,
  ): Promise<readonly StoredDelivery[]>;
  change(
    bundle: Pick<BundleRow, "id" | "state" | "rows" | "sequence" | "failure" | "answer" | "finishedAt">,
  ): Promise<void>;
}

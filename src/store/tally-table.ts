/** A net change of the books: `n` more (or fewer) with this outcome. */
export interface Tally {
  readonly flow: number;
  /** Route id; 0 for the flow as a whole (outcome "accepted", "refused"). */
  readonly route: number;
  readonly outcome: string;
  readonly n: number;
}

/** Counts per minute, flow, route and outcome, written in the transaction that changed the fate (invariant I4). */
export interface TallyTable {
  add(at: number, tallies: readonly Tally[]): Promise<void>;
  /**
   * Sums days (of UTC) that are over at `now`, so that books need not read all their minutes: about a month in one
   * call, and once more the last that was summed, for a clock that was set back. False when there was none.
   */
  sumDays(now: number): Promise<boolean>;
}

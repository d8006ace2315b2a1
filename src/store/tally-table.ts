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
}

/** What every bench is: one file `<name>.bench.ts` that exports `bench`. */
export interface Bench {
  readonly name: string;
  /** One line: what is measured against what. */
  readonly about: string;
  /** @throws PeerMissing when what it measures against cannot be had */
  run(options: BenchOptions): Promise<BenchReport>;
}

export interface BenchOptions {
  /** Alternating rounds, A B A B; at least 5 for the real measure. */
  readonly rounds: number;
  /** Smaller sizes, to see that a bench works. Its figures are not the measure. */
  readonly quick: boolean;
  /** Records of the large data set, where a bench has one; null: the bench's own. */
  readonly rows: number | null;
  /** What the hub runs on, where a bench has a choice: one process, or PostgreSQL and Redis. */
  readonly backend: "embedded" | "scaled";
  /** Peers to leave out by name. */
  readonly without: readonly string[];
  /** Says what is being done, for the person who waits. */
  readonly note: (line: string) => void;
}

export interface BenchReport {
  readonly rows: readonly Figure[];
  /** The medians side by side, where a bench compares many things; its first line is the heading. */
  readonly table?: readonly (readonly string[])[];
  readonly targets: readonly Target[];
  /** What a reader must know to judge the figures. */
  readonly remarks: readonly string[];
}

/** One quantity over all rounds. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Target {
  readonly name: string;
  /** As written: `>= 0.90`. */
  readonly wanted: string;
  readonly measured: number;
  readonly met: boolean;
}

/** What a bench measures against is not there; the message says what is missing and how to get it. */
export class PeerMissing extends Error {}

/** What work costs, as it was measured. Seconds. */
export interface Costs {
  /** Processor time of a worker for one message, and of the database. */
  readonly worker: number;
  readonly database: number;
  /** Messages that share one transaction. */
  readonly batch: number;
  /** The log reaches the disk; transactions that end meanwhile wait for the next time, together. */
  readonly flush: number;
  /** Between the parts of a transaction: journeys, timers. */
  readonly idle: number;
  /** Share of the database's work that runs beside the worker's own. */
  readonly overlap: number;
  /** Share of the worker's work that it does while it holds the customer repository; null: nobody waits for that. */
  readonly alone: number | null;
}

/** Where the processors are. Fractions are those that others use. */
export type Machines =
  /** Workers and database on one machine. */
  | { readonly shared: number }
  /** One processor for each worker, so many for the database. */
  | { readonly database: number };

/** What is to be done. */
export interface Load {
  readonly messages: number;
  readonly keys: number;
  /** Exponent of Zipf's law: the n-th key has 1 / n^skew of the messages of the first. 0: all have as many. */
  readonly skew: number;
  /** Share of the tries that fail, and hold their key back for `backoff` seconds. */
  readonly failing: number;
  readonly backoff: number;
}

export interface Outcome {
  /** Messages a second, until nine in ten were done: what waits for its next try says nothing of the rate. */
  readonly rate: number;
  /** Share of the time that the database's processors, and its log, were at work. */
  readonly database: number;
  readonly log: number;
  /** Share of the time in which the customer repository was held. */
  readonly held: number;
}

import type { Kept } from "../message/kept.ts";

/** Where a walk through numbered rows stands, and what counts as old. */
export interface Walk {
  /** Rows up to this number were looked at; 0 at the beginning. */
  readonly after: number;
  /** What was finished before may go; milliseconds since 1970. */
  readonly before: number;
}

export interface Walked {
  readonly forgotten: number;
  /** `after` of the next step; null: nothing that is old enough follows. */
  readonly next: number | null;
}

/** A file that nothing refers to, and that may go. */
export interface OldFile {
  readonly id: number;
  /** Paths relative to the data folder; the same for a file that is UTF-8. */
  readonly archive: string;
  readonly text: string;
}

/**
 * Forgets what was finished long ago. Never what somebody or something still waits for, and never a number: what comes
 * later is not taken for what is gone. Books and the audit log stay, and so do customers with their provenance.
 * Whoever calls holds the duty, so that nothing is replayed meanwhile.
 */
export interface RetentionTable {
  /**
   * Looks at `limit` messages of a flow in place order and forgets, with all that hangs on them and the event ids that
   * tell of them, those that are done on all routes since before `walk.before`. Others stay: that a file in work, a bundle that is not done, a blocked key or
   * an event id still in its window (at `now`) needs.
   */
  messages(flow: number, walk: Walk, now: number, limit: number): Promise<Walked>;
  /** Looks at `limit` files; those that may go have no messages any more. Their bytes go before `forgetFiles`. */
  files(
    walk: Walk,
    limit: number,
  ): Promise<{ readonly old: readonly OldFile[]; readonly next: number | null }>;
  forgetFiles(ids: readonly number[], at: number): Promise<void>;
  /** Removes at most `limit` rows of bundles that are done, then those bundles. `more`: ask again. */
  bundles(
    before: number,
    at: number,
    limit: number,
  ): Promise<{ readonly forgotten: number; readonly more: boolean }>;
  /** At most `limit` alerts that are resolved, told, and muted no more. Gives how many. */
  alerts(before: number, at: number, limit: number): Promise<number>;
  /** A sweep has ended. */
  swept(at: number): Promise<void>;
  /** When the last sweep ended; null: none has. */
  lastSweep(): Promise<number | null>;
}

/** What has been forgotten, as people ask. */
export interface RetentionState {
  /** When the last sweep ended; null: none has. */
  readonly sweptAt: number | null;
  /** How many so far, and the highest number among them; 0 when none was. */
  readonly forgotten: Readonly<Record<Kept, { readonly n: number; readonly last: number }>>;
  /** By flow its oldest message that only waits to be forgotten; sought among its first thousand. */
  readonly oldest: readonly { readonly flow: string; readonly finishedAt: number }[];
}

/** What fails for one reason: messages of a flow (route null), or deliveries of one of its routes. */
export interface FailingCause {
  readonly flow: number;
  readonly route: number | null;
  readonly fingerprint: string;
}

/** A cause that somebody knows of: it needs nobody while that lasts. */
export interface Mute extends FailingCause {
  /** Milliseconds since 1970; null: until another version of the flow is in force than now. */
  readonly until: number | null;
  readonly by: string;
  readonly at: number;
}

export interface MuteTable {
  /** In place of one of the same cause. Those that have ended at `at` are forgotten. */
  set(mute: Mute): Promise<void>;
  /** @returns false: it was not muted */
  clear(cause: FailingCause): Promise<boolean>;
}

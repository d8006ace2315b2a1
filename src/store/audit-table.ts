/** One act of a person or a token (invariant I6). */
export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  /**
   * A verb: `replay`, `pause`, `resume`, `park`, `discard`, `run`, `move-cursor`, `backup`, `restore`, `migrate`, `deploy`,
   * `acknowledge`, `mute`, `mute-errors`, `unmute-errors`, `test-alerts`, `sign-in`, `add-user`, `see-payloads` and the like.
   */
  readonly act: string;
  readonly target: string;
  /** Plain JSON without payload. */
  readonly detail: string | null;
  readonly reason: string | null;
}

/** An entry as it is kept. */
export interface ChainedEntry extends AuditEntry {
  readonly id: number;
  /** Seals it and all before it (audit-chain.ts); null: written before entries were chained. */
  readonly hash: string | null;
}

export interface AuditTable {
  /** Adds it to the end of the chain; hubs that share a store do so one after the other. */
  add(entry: AuditEntry): Promise<void>;
}

/** One act of a person or a token (invariant I6). */
export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  /** A verb: `replay`, `pause`, `resume`, `park`, `discard`, `run`, `move-cursor`, `backup`, `restore`, `migrate`, `deploy`, `acknowledge`, `mute`, `test-alerts`. */
  readonly act: string;
  readonly target: string;
  /** Plain JSON without payload. */
  readonly detail: string | null;
  readonly reason: string | null;
}

export interface AuditTable {
  add(entry: AuditEntry): Promise<void>;
}

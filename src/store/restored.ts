/** What a store that was made from a backup knows last of one flow: what came later is not in it. */
export interface RestoredFlow {
  readonly flow: string;
  /** The last message that a sender or a file gave it; null: it has none. */
  readonly message: { readonly place: number; readonly at: number; readonly event: string | null } | null;
  readonly file: { readonly name: string; readonly at: number } | null;
}

export interface Restored {
  /** In the order of their names. */
  readonly flows: readonly RestoredFlow[];
  /** Whether the flow has taken a file of this content; lower-case hex SHA-256. */
  knows(flow: string, sha256: string): boolean;
}

/** How far a flow has read a source that the hub asks or listens to. */
export interface CursorRow {
  /** The source's own word for the place, as JSON text. */
  readonly value: string;
  /** Whether the source said that more follows: a run that was not finished. */
  readonly more: boolean;
  /** Milliseconds since 1970. */
  readonly movedAt: number;
}

/** One place in a source, by flow and `system.source`: another source is read from its own beginning. */
export interface CursorTable {
  get(flow: number, source: string): Promise<CursorRow | undefined>;
  /**
   * Moves the cursor, in the transaction that stores what was read up to there. It only moves from where the reader saw
   * it (null: there was none), so that a run that a person or another reader has overtaken stores nothing.
   *
   * @param to null: the place is forgotten, and the source is read from its beginning
   * @returns whether it was still there
   */
  move(flow: number, source: string, from: string | null, to: CursorRow | null): Promise<boolean>;
}

/** How a built-in is written where its arguments are of the types it expects. */
export interface Quick {
  /** When it may be used. */
  readonly test: string;
  readonly code: string;
  readonly kinds: number;
}

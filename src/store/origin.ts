/** Where a stored value came from: the message, or the row of a file; and the flow version that mapped it. */
export interface Origin {
  /** Place of the message, when there is one. */
  readonly message: number | null;
  /** Id of the file and row within it, when it came from a file. */
  readonly file: number | null;
  readonly row: number | null;
  /** Row id of the flow version (flow, mapping and schema texts). */
  readonly flowVersion: number;
  /** Milliseconds since 1970, of acceptance. */
  readonly at: number;
}

/** What one evaluation may use. */
export interface Limits {
  /** Milliseconds of wall clock. */
  readonly deadline: number;
  /** Members of one array, values in one result. */
  readonly sequence: number;
  /** UTF-16 units of one text that the mapping builds. */
  readonly text: number;
  /** Nested steps. */
  readonly depth: number;
}

export const DEFAULT_LIMITS: Limits = { deadline: 25, sequence: 1_000_000, text: 1_048_576, depth: 10_000 };

/** Longest picture string of `$formatNumber`, `$toMillis` and their kin. */
export const PICTURE_LIMIT = 256;

/** Deepest nesting of a result: the same number the decoders allow for input. */
export const RESULT_DEPTH = 64;

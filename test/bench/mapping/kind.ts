/** One kind of mapping, with records of two shapes and the same work written by hand. */
export interface Kind {
  readonly name: string;
  /** The JSONata text. */
  readonly text: string;
  /** The n-th record: every field there, of one type. */
  record(n: number): object;
  /** Fields, lists or members that go missing in mixed records are dropped by `roughen`; these must stay. */
  readonly keep: readonly string[];
  /** What a programmer would write: the identical result, for both shapes. */
  byHand(record: never): unknown;
}

/** Where a list may be one member, none, or not there at all. */
export type Some<Member> = Member | readonly Member[] | undefined;

export function listOf<Member>(some: Some<Member>): readonly Member[] {
  if (some === undefined) return NONE;
  return Array.isArray(some) ? some : [some as Member];
}

const NONE: readonly never[] = [];

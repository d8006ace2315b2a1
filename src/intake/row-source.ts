import type { Item } from "../flow/item.ts";
import type { AlikeRows } from "../flow/settle-alike.ts";
import type { RecordContext } from "../format/format.ts";
import type { Tx } from "../store/store.ts";
import type { FeedEnd } from "./row-feed.ts";

/** Where a file run gets its rows from, mapped, in the order of the file. */
export interface RowSource {
  /**
   * What comes next; "later" when nothing is ready within a turn; how the file ends when all rows were taken. Whoever asks
   * is done with the batch before, whose memory is used again.
   */
  next(): Promise<RowBatch | FeedEnd | "later">;
  close(): Promise<void>;
}

/** Rows that are committed together: at least one. */
export interface RowBatch {
  readonly items: readonly Item[];
  /** The same rows by column, where neighbours end alike; else null. */
  readonly alike: readonly AlikeRows[] | null;
  /** Where reading goes on when they are committed: rows and bytes of the file up to here. */
  readonly rows: number;
  readonly offset: number;
  readonly context: RecordContext;
  /** Whether what was found unchanged still is, asked in the transaction that commits the rows. */
  holds(tx: Tx): Promise<boolean>;
  /** Told at the end of that transaction. */
  settled(tx: Tx): void;
}

import { asHubError, type HubError } from "../errors.ts";
import type { RecordStream, Row } from "../format/format.ts";

/** How a file ends: read whole, or with what makes the rest unreadable. */
export type FeedEnd = { readonly error: HubError | null };

/** Rows of a file one handful at a time; those that no time was left for can be given back. */
export interface RowFeed {
  /** Some rows (at most `most`), or, when all have been taken, how the file ends. */
  take(most: number): Promise<readonly Row[] | FeedEnd>;
  giveBack(rows: readonly Row[]): void;
  close(): Promise<void>;
}

/** @param skip rows up to this number were committed before and are left out */
export function rowFeed(stream: RecordStream, skip: number): RowFeed {
  const chunks = stream[Symbol.asyncIterator]();
  let rows: readonly Row[] = [];
  let end: FeedEnd | null = null;

  async function fill(): Promise<void> {
    while (rows.length === 0 && end === null) {
      try {
        const next = await chunks.next();
        if (next.done === true) end = { error: null };
        else rows = skip === 0 ? next.value : next.value.filter((row) => row.row > skip);
      } catch (error) {
        end = { error: asHubError(error) };
      }
    }
  }

  return {
    async take(most) {
      await fill();
      if (rows.length === 0) return end ?? { error: null };
      const taken = rows.slice(0, most);
      rows = rows.slice(most);
      return taken;
    },
    giveBack(back) {
      rows = [...back, ...rows];
    },
    async close() {
      end = { error: null };
      rows = [];
      await chunks.return?.();
    },
  };
}

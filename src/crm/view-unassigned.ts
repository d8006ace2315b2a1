import { writeCursor } from "../message/cursor.ts";
import type { CrmReads } from "../store/crm-reads.ts";
import type { RecordRow } from "../store/crm-tables.ts";
import type { HistoryEntity } from "./history-change.ts";
import { entryOf, type HistoryPage, pointOf, timeOf } from "./view-history.ts";

/** Rows that one look reads; a page gives up after so many looks, and says where to go on. */
const ROWS = 500;
const LOOKS = 4;

/**
 * What belongs to nobody: payments whose invoice and payer are not known, interactions of unknown callers; newest first.
 * A page may be shorter than asked for, also empty: `cursor` null alone says that nothing follows.
 * @param entity only these; null: all
 * @throws TL_USAGE on a malformed cursor
 */
export async function unassignedPage(
  reads: CrmReads,
  entity: HistoryEntity | null,
  cursor: string | null,
  limit: number,
): Promise<HistoryPage> {
  const found: RecordRow[] = [];
  let before = cursor === null ? null : pointOf(cursor);
  for (let look = 0; look < LOOKS; look += 1) {
    const rows = await reads.unassigned(before, ROWS);
    for (const row of rows) {
      before = { at: timeOf(row), record: row.id };
      if (entity === null || row.entity === entity) found.push(row);
      if (found.length > limit) return pageOf(found.slice(0, limit), pointAt(found[limit - 1]));
    }
    if (rows.length < ROWS) return pageOf(found, null);
  }
  return pageOf(found, before === null ? null : writeCursor([before.at, before.record]));
}

function pointAt(row: RecordRow | undefined): string | null {
  return row === undefined ? null : writeCursor([timeOf(row), row.id]);
}

function pageOf(rows: readonly RecordRow[], cursor: string | null): HistoryPage {
  return { entries: rows.map((row) => ({ ...entryOf(row), possible: false })), cursor };
}

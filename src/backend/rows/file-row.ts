import type { Failure } from "../../errors.ts";
import type { Books, FileRow, FileState } from "../../store/file-table.ts";
import type { FileTotals } from "../../store/queries.ts";
import { fromText } from "./row.ts";

export interface FileColumns {
  id: number;
  flow: number;
  version: number;
  name: string;
  size: number;
  modified: number;
  sha256: string;
  archive: string;
  text: string;
  state: string;
  file_rows: number;
  offset: number;
  text_size: number;
  context: string | null;
  books: string;
  failure: string | null;
  duplicate_of: number | null;
  started_at: number;
  finished_at: number | null;
  settled: number;
  reported: number;
  approved: number;
  urgent: number;
}

export function toFile(row: FileColumns): FileRow {
  return {
    id: row.id,
    flow: row.flow,
    flowVersion: row.version,
    name: row.name,
    size: row.size,
    modified: row.modified,
    sha256: row.sha256,
    archive: row.archive,
    text: row.text,
    state: row.state as FileState,
    rows: row.file_rows,
    offset: row.offset,
    textSize: row.text_size,
    context: fromText(row.context),
    books: fromText<Books>(row.books) ?? {},
    failure: fromText<Failure>(row.failure),
    duplicateOf: row.duplicate_of,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    settled: row.settled === 1,
    reported: row.reported === 1,
    approved: row.approved === 1,
    urgent: row.urgent === 1,
  };
}

/** The books with `n` rows moved from one outcome of a route to another; as they are stored. */
export function shifted(stored: string, route: string, from: string, to: string, n: number): string {
  const books = JSON.parse(stored) as Record<string, Record<string, number>>;
  const counts = books[route] ?? {};
  counts[from] = (counts[from] ?? 0) - n;
  counts[to] = (counts[to] ?? 0) + n;
  if (counts[from] === 0) delete counts[from];
  books[route] = counts;
  return JSON.stringify(books);
}

/** Rows of a flow's files in one outcome of one route, added up. */
export interface FileSum {
  readonly flow: string;
  readonly to: string;
  readonly outcome: string;
  readonly n: number;
}

/** @param counts of each flow that has read files, how many and their rows */
export function toFileTotals(
  counts: readonly Omit<FileTotals, "books">[],
  sums: readonly FileSum[],
): readonly FileTotals[] {
  return counts.map((one) => {
    const books: Record<string, Record<string, number>> = {};
    for (const { to, outcome, n } of sums.filter(({ flow }) => flow === one.flow))
      books[to] = { ...books[to], [outcome]: n };
    return { ...one, books };
  });
}

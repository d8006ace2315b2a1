import type { FileFilter, FileSummary, FileTotals, Page, Paged, RejectedRow } from "../../store/queries.ts";
import { conditions } from "../rows/conditions.ts";
import { type FileColumns, type FileSum, toFile, toFileTotals } from "../rows/file-row.ts";
import type { FlowNames } from "../rows/flow-names.ts";
import { type RejectColumns, toReject } from "../rows/message-row.ts";
import { cutPage, LAST } from "../rows/page.ts";
import { SLACK_MS } from "../rows/positions.ts";
import { flowNames } from "./query-flows.ts";
import type { Sql, SqlValue } from "./sql.ts";

export function listFiles(sql: Sql, filter: FileFilter, page: Page): Paged<FileSummary> {
  const names = flowNames(sql);
  const where = conditions<SqlValue>("?");
  where.add("id < $?", page.before ?? LAST);
  if (filter.flow !== undefined) where.add("flow = $?", names.idOf(filter.flow));
  if (filter.state !== undefined) where.add("state = $?", filter.state);
  if (filter.since !== undefined) {
    // Not by the index over times, after which a page would have to be sorted.
    where.add("id >= $?", firstSince(sql, filter.since));
    where.add("+started_at >= $?", filter.since);
  }
  const rows = sql.all<FileColumns>(
    `SELECT * FROM file WHERE ${where.text()} ORDER BY id DESC LIMIT ${where.next()}`,
    ...where.values,
    page.limit + 1,
  );
  return cutPage(
    rows.map((row) => toSummary(row, names)),
    page.limit,
    (file) => file.id,
  );
}

/** The first id that can have begun then or later: ids and times rise together, but where the clock was set back. */
function firstSince(sql: Sql, since: number): number {
  const row = sql.get<{ id: number }>(
    "SELECT id FROM file INDEXED BY file_started WHERE started_at >= ? ORDER BY started_at LIMIT 1",
    since - SLACK_MS,
  );
  return row?.id ?? LAST;
}

export function readFileTotals(sql: Sql, since: number): readonly FileTotals[] {
  const counts = sql.all<Omit<FileTotals, "books">>(
    `SELECT flow.name AS flow, count(f.id) AS files, coalesce(sum(f.file_rows), 0) AS rows
     FROM flow LEFT JOIN file f INDEXED BY file_flow ON f.flow = flow.id AND f.id >= ?1 AND f.started_at >= ?2
     WHERE EXISTS (SELECT 1 FROM file INDEXED BY file_flow WHERE file.flow = flow.id)
     GROUP BY flow.id ORDER BY flow.id`,
    firstSince(sql, since),
    since,
  );
  const sums = sql.all<FileSum>(
    `SELECT flow.name AS flow, r.key AS "to", o.key AS outcome, sum(o.value) AS n
     FROM file INDEXED BY file_started JOIN flow ON flow.id = file.flow, json_each(file.books) r, json_each(r.value) o
     WHERE file.started_at >= ? GROUP BY file.flow, r.key, o.key`,
    since,
  );
  return toFileTotals(counts, sums);
}

export function findFile(sql: Sql, id: number): FileSummary | undefined {
  const row = sql.get<FileColumns>("SELECT * FROM file WHERE id = ?", id);
  return row === undefined ? undefined : toSummary(row, flowNames(sql));
}

function toSummary(row: FileColumns, names: FlowNames): FileSummary {
  const file = toFile(row);
  return { ...file, flow: names.nameOf(file.flow) };
}

export function listRejects(sql: Sql, file: number, page: Page): Paged<RejectedRow> {
  const rows = sql.all<RejectColumns>(
    `SELECT place, key, file, file_row, file_line, file_offset, file_length, failure FROM message
     INDEXED BY message_file_failed WHERE file = ? AND file_row > ? AND failure IS NOT NULL ORDER BY file_row LIMIT ?`,
    file,
    page.before ?? 0,
    page.limit + 1,
  );
  const items = rows.map((row) => toReject(row, file));
  return cutPage(items, page.limit, (item) => item.slice.row);
}

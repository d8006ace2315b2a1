import type { FileFilter, FileSummary, Page, Paged, RejectedRow } from "../../store/queries.ts";
import { type FileColumns, toFile } from "../rows/file-row.ts";
import type { FlowNames } from "../rows/flow-names.ts";
import { type RejectColumns, toReject } from "../rows/message-row.ts";
import { cutPage, LAST } from "../rows/page.ts";
import { flowNames } from "./query-flows.ts";
import type { Sql, SqlValue } from "./sql.ts";

export function listFiles(sql: Sql, filter: FileFilter, page: Page): Paged<FileSummary> {
  const names = flowNames(sql);
  const where = ["id < ?"];
  const values: SqlValue[] = [page.before ?? LAST];
  if (filter.flow !== undefined) {
    where.push("flow = ?");
    values.push(names.idOf(filter.flow));
  }
  if (filter.state !== undefined) {
    where.push("state = ?");
    values.push(filter.state);
  }
  const rows = sql.all<FileColumns>(
    `SELECT * FROM file WHERE ${where.join(" AND ")} ORDER BY id DESC LIMIT ?`,
    ...values,
    page.limit + 1,
  );
  return cutPage(
    rows.map((row) => toSummary(row, names)),
    page.limit,
    (file) => file.id,
  );
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

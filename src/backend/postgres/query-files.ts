import type { FileFilter, FileSummary, Page, Paged, RejectedRow } from "../../store/queries.ts";
import { type FileColumns, toFile } from "../rows/file-row.ts";
import type { FlowNames } from "../rows/flow-names.ts";
import { type RejectColumns, toReject } from "../rows/message-row.ts";
import { cutPage, LAST } from "../rows/page.ts";
import { conditions } from "./conditions.ts";
import { flowNames } from "./query-flows.ts";
import type { ReadSql } from "./sql.ts";

export async function listFiles(sql: ReadSql, filter: FileFilter, page: Page): Promise<Paged<FileSummary>> {
  const names = await flowNames(sql);
  const where = conditions();
  where.add("id < $?", page.before ?? LAST);
  if (filter.flow !== undefined) where.add("flow = $?", names.idOf(filter.flow));
  if (filter.state !== undefined) where.add("state = $?", filter.state);
  const rows = await sql.all<FileColumns>(
    `SELECT * FROM file WHERE ${where.text()} ORDER BY id DESC LIMIT $${where.values.length + 1}`,
    ...where.values,
    page.limit + 1,
  );
  const items = rows.map((row) => toSummary(row, names));
  return cutPage(items, page.limit, (file) => file.id);
}

export async function findFile(sql: ReadSql, id: number): Promise<FileSummary | undefined> {
  const row = await sql.get<FileColumns>("SELECT * FROM file WHERE id = $1", id);
  return row === undefined ? undefined : toSummary(row, await flowNames(sql));
}

function toSummary(row: FileColumns, names: FlowNames): FileSummary {
  const file = toFile(row);
  return { ...file, flow: names.nameOf(file.flow) };
}

const REJECTS = `SELECT place, key, file, file_row, file_line, file_offset, file_length, failure FROM message
  WHERE file = $1 AND file_row > $2 AND failure IS NOT NULL ORDER BY file_row LIMIT $3`;

export async function listRejects(sql: ReadSql, file: number, page: Page): Promise<Paged<RejectedRow>> {
  const rows = await sql.all<RejectColumns>(REJECTS, file, page.before ?? 0, page.limit + 1);
  const items = rows.map((row) => toReject(row, file));
  return cutPage(items, page.limit, (item) => item.slice.row);
}

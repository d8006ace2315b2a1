import type { FileFilter, FileSummary, FileTotals, Page, Paged, RejectedRow } from "../../store/queries.ts";
import { conditions } from "../rows/conditions.ts";
import { type FileColumns, type FileSum, toFile, toFileTotals } from "../rows/file-row.ts";
import type { FlowNames } from "../rows/flow-names.ts";
import { type RejectColumns, toReject } from "../rows/message-row.ts";
import { cutPage, LAST } from "../rows/page.ts";
import { SLACK_MS } from "../rows/positions.ts";
import { flowNames } from "./query-flows.ts";
import type { ReadSql, SqlValue } from "./sql.ts";

export async function listFiles(sql: ReadSql, filter: FileFilter, page: Page): Promise<Paged<FileSummary>> {
  const names = await flowNames(sql);
  const where = conditions<SqlValue>("$");
  where.add("id < $?", page.before ?? LAST);
  if (filter.flow !== undefined) where.add("flow = $?", names.idOf(filter.flow));
  if (filter.state !== undefined) where.add("state = $?", filter.state);
  if (filter.since !== undefined) {
    where.add("id >= $?", await firstSince(sql, filter.since));
    where.add("started_at >= $?", filter.since);
  }
  const rows = await sql.all<FileColumns>(
    `SELECT * FROM file WHERE ${where.text()} ORDER BY id DESC LIMIT ${where.next()}`,
    ...where.values,
    page.limit + 1,
  );
  const items = rows.map((row) => toSummary(row, names));
  return cutPage(items, page.limit, (file) => file.id);
}

/** The first id that can have begun then or later: ids and times rise together, but where the clock was set back. */
async function firstSince(sql: ReadSql, since: number): Promise<number> {
  const text = "SELECT id FROM file WHERE started_at >= $1 ORDER BY started_at LIMIT 1";
  return (await sql.get<{ id: number }>(text, since - SLACK_MS))?.id ?? LAST;
}

const COUNTS = `SELECT f.name AS flow, s.files, s.rows FROM flow f CROSS JOIN LATERAL (
    SELECT count(*) AS files, coalesce(sum(file_rows), 0)::bigint AS rows FROM file
    WHERE flow = f.id AND id >= $1 AND started_at >= $2) AS s
  WHERE EXISTS (SELECT 1 FROM file WHERE flow = f.id) ORDER BY f.id`;
const SUMS = `SELECT f.name AS flow, r.key AS "to", o.key AS outcome, sum(o.value::bigint)::bigint AS n
  FROM file JOIN flow f ON f.id = file.flow, json_each(file.books::json) r, json_each_text(r.value) o
  WHERE file.started_at >= $1 GROUP BY f.name, r.key, o.key`;

export async function readFileTotals(sql: ReadSql, since: number): Promise<readonly FileTotals[]> {
  const [counts, sums] = await Promise.all([
    firstSince(sql, since).then((first) => sql.all<Omit<FileTotals, "books">>(COUNTS, first, since)),
    sql.all<FileSum>(SUMS, since),
  ]);
  return toFileTotals(counts, sums);
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

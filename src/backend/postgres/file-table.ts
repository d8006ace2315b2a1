import type { Failure } from "../../errors.ts";
import type { FileTable } from "../../store/file-table.ts";
import { type FileColumns, shifted, toFile } from "../rows/file-row.ts";
import { toText } from "../rows/row.ts";
import type { Sql } from "./sql.ts";

const INSERT = `INSERT INTO file (flow, version, name, size, modified, sha256, archive, text, state, text_size, failure,
  duplicate_of, started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`;
const BY_HASH = `SELECT * FROM file WHERE flow = $1 AND sha256 = $2 AND state IN ('running', 'done', 'stopped')
  ORDER BY id LIMIT 1`;
const RESUME = `UPDATE file SET state = 'running', failure = NULL, finished_at = NULL, reported = 0, approved = 1
  WHERE id = $1`;
const REJECTS = `SELECT place, file_row AS row, file_line AS line, file_offset AS "offset", file_length AS length, failure
  FROM message WHERE file = $1 AND file_row > $2 AND failure IS NOT NULL AND state = 5
  AND strpos(outcomes, ':"rejected"') > 0 ORDER BY file_row LIMIT $3`;

interface RejectColumns {
  place: number;
  row: number;
  line: number;
  offset: number;
  length: number;
  failure: string;
}

export function fileTable(sql: Sql): FileTable {
  const one = async (text: string, ...values: (string | number)[]) => {
    const row = await sql.get<FileColumns>(text, ...values);
    return row === undefined ? undefined : toFile(row);
  };
  return {
    async insert(file) {
      const { flow, flowVersion, name, size, modified, sha256, archive, text, state, textSize } = file;
      const row = await sql.get<{ id: number }>(
        INSERT,
        ...[flow, flowVersion, name, size, modified, sha256, archive, text, state, textSize],
        ...[
          toText(file.failure),
          file.duplicateOf,
          file.startedAt,
          state === "running" ? null : file.startedAt,
        ],
      );
      return row?.id ?? 0;
    },
    get: (id) => one("SELECT * FROM file WHERE id = $1", id),
    byHash: (flow, sha256) => one(BY_HASH, flow, sha256),
    async unfinished() {
      const text = "SELECT * FROM file WHERE state = 'running' OR settled = 0 OR reported = 0 ORDER BY id";
      return (await sql.all<FileColumns>(text)).map(toFile);
    },
    async checkpoint(id, { rows, offset, context, books }) {
      sql.send(
        `UPDATE file SET file_rows = $2, "offset" = $3, context = $4, books = $5 WHERE id = $1`,
        ...[id, rows, offset, toText(context), JSON.stringify(books)],
      );
    },
    async finish(id, state, failure, at) {
      sql.send(
        "UPDATE file SET state = $2, failure = $3, finished_at = $4 WHERE id = $1",
        ...[id, state, toText(failure), at],
      );
    },
    async resume(id) {
      sql.send(RESUME, id);
    },
    async rejects(id, after, limit) {
      const rows = await sql.all<RejectColumns>(REJECTS, id, after, limit);
      return rows.map((row) => ({ ...row, failure: JSON.parse(row.failure) as Failure }));
    },
    async hurry(flow) {
      sql.send("UPDATE file SET urgent = 1 WHERE flow = $1 AND state = 'running'", flow);
    },
    async settled(id) {
      sql.send("UPDATE file SET settled = 1 WHERE id = $1", id);
    },
    async reported(id) {
      sql.send("UPDATE file SET reported = 1 WHERE id = $1", id);
    },
    async shift(id, route, from, to, n) {
      const row = await sql.get<{ books: string }>(
        "SELECT books FROM file WHERE id = $1 FOR NO KEY UPDATE",
        id,
      );
      if (row === undefined) return;
      sql.send("UPDATE file SET books = $2 WHERE id = $1", id, shifted(row.books, route, from, to, n));
    },
  };
}

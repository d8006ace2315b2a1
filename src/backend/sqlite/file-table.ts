import type { Failure } from "../../errors.ts";
import type { FileTable } from "../../store/file-table.ts";
import { type FileColumns, shifted, toFile } from "../rows/file-row.ts";
import { toText } from "../rows/row.ts";
import type { Sql } from "./sql.ts";

export function fileTable(sql: Sql): FileTable {
  return {
    async insert(file) {
      const row = sql.get<{ id: number }>(
        `INSERT INTO file (flow, version, name, size, modified, sha256, archive, text, state, text_size, failure, duplicate_of,
         started_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        file.flow,
        file.flowVersion,
        file.name,
        file.size,
        file.modified,
        file.sha256,
        file.archive,
        file.text,
        file.state,
        file.textSize,
        toText(file.failure),
        file.duplicateOf,
        file.startedAt,
        file.state === "running" ? null : file.startedAt,
      );
      return row?.id ?? 0;
    },
    async get(id) {
      const row = sql.get<FileColumns>("SELECT * FROM file WHERE id = ?", id);
      return row === undefined ? undefined : toFile(row);
    },
    async byHash(flow, sha256) {
      const row = sql.get<FileColumns>(
        "SELECT * FROM file WHERE flow = ? AND sha256 = ? AND state IN ('running', 'done', 'stopped') ORDER BY id LIMIT 1",
        flow,
        sha256,
      );
      return row === undefined ? undefined : toFile(row);
    },
    async unfinished() {
      return sql
        .all<FileColumns>(
          "SELECT * FROM file WHERE state = 'running' OR settled = 0 OR reported = 0 ORDER BY id",
        )
        .map(toFile);
    },
    async checkpoint(id, progress) {
      sql.run(
        "UPDATE file SET file_rows = ?, offset = ?, context = ?, books = ? WHERE id = ?",
        progress.rows,
        progress.offset,
        toText(progress.context),
        JSON.stringify(progress.books),
        id,
      );
    },
    async finish(id, state, failure, at) {
      sql.run(
        "UPDATE file SET state = ?, failure = ?, finished_at = ? WHERE id = ?",
        state,
        toText(failure),
        at,
        id,
      );
    },
    async resume(id) {
      sql.run(
        "UPDATE file SET state = 'running', failure = NULL, finished_at = NULL, reported = 0, approved = 1 WHERE id = ?",
        id,
      );
    },
    async rejects(id, after, limit) {
      return sql
        .all<{ place: number; row: number; line: number; offset: number; length: number; failure: string }>(
          `SELECT place, file_row AS row, file_line AS line, file_offset AS offset, file_length AS length, failure
           FROM message WHERE file IS NOT NULL AND file = ? AND file_row > ? AND failure IS NOT NULL
           AND state = 5 AND outcomes LIKE '%"rejected"%' ORDER BY file_row LIMIT ?`,
          id,
          after,
          limit,
        )
        .map((row) => ({ ...row, failure: JSON.parse(row.failure) as Failure }));
    },
    async hurry(flow) {
      sql.run("UPDATE file SET urgent = 1 WHERE flow = ? AND state = 'running'", flow);
    },
    async settled(id) {
      sql.run("UPDATE file SET settled = 1 WHERE id = ?", id);
    },
    async reported(id) {
      sql.run("UPDATE file SET reported = 1 WHERE id = ?", id);
    },
    async shift(id, route, from, to, n) {
      const row = sql.get<{ books: string }>("SELECT books FROM file WHERE id = ?", id);
      if (row === undefined) return;
      const books = shifted(row.books, route, from, to, n);
      sql.run("UPDATE file SET books = ? WHERE id = ?", books, id);
    },
  };
}

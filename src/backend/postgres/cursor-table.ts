import type { CursorTable } from "../../store/cursor-table.ts";
import type { Sql } from "./sql.ts";

export function cursorTable(sql: Sql): CursorTable {
  return {
    async get(flow, source) {
      const row = await sql.get<{ value: string; more: number; movedAt: number }>(
        `SELECT value, more, moved_at AS "movedAt" FROM source_cursor WHERE flow = $1 AND source = $2`,
        ...[flow, source],
      );
      return row === undefined ? undefined : { ...row, more: row.more === 1 };
    },
    async move(flow, source, from, to) {
      if (to === null) {
        const clear = "DELETE FROM source_cursor WHERE flow = $1 AND source = $2 AND value = $3";
        return from === null || (await sql.run(clear, flow, source, from)) === 1;
      }
      const values = [flow, source, to.value, to.more ? 1 : 0, to.movedAt];
      const changed =
        from === null
          ? await sql.run(
              `INSERT INTO source_cursor (flow, source, value, more, moved_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT DO NOTHING`,
              ...values,
            )
          : await sql.run(
              `UPDATE source_cursor SET value = $3, more = $4, moved_at = $5
               WHERE flow = $1 AND source = $2 AND value = $6`,
              ...values,
              from,
            );
      return changed === 1;
    },
  };
}

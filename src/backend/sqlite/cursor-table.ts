import type { CursorTable } from "../../store/cursor-table.ts";
import type { Sql } from "./sql.ts";

export function cursorTable(sql: Sql): CursorTable {
  return {
    async get(flow, source) {
      const row = sql.get<{ value: string; more: number; movedAt: number }>(
        "SELECT value, more, moved_at AS movedAt FROM source_cursor WHERE flow = ? AND source = ?",
        flow,
        source,
      );
      return row === undefined ? undefined : { ...row, more: row.more === 1 };
    },
    async move(flow, source, from, to) {
      if (to === null) {
        const clear = "DELETE FROM source_cursor WHERE flow = ? AND source = ? AND value = ?";
        return from === null || sql.run(clear, flow, source, from) === 1;
      }
      const values = [to.value, to.more ? 1 : 0, to.movedAt, flow, source] as const;
      const changed =
        from === null
          ? sql.run(
              "INSERT OR IGNORE INTO source_cursor (value, more, moved_at, flow, source) VALUES (?, ?, ?, ?, ?)",
              ...values,
            )
          : sql.run(
              "UPDATE source_cursor SET value = ?, more = ?, moved_at = ? WHERE flow = ? AND source = ? AND value = ?",
              ...values,
              from,
            );
      return changed === 1;
    },
  };
}

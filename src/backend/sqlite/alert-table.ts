import type { AlertRow, AlertTable } from "../../store/alert-table.ts";
import { SELECT_ALERT } from "../rows/alert-row.ts";
import type { Sql } from "./sql.ts";

export function alertTable(sql: Sql): AlertTable {
  return {
    async pending() {
      return sql.all<AlertRow>(`${SELECT_ALERT} WHERE resolved_at IS NULL OR told <> 'resolved' ORDER BY id`);
    },
    async fire({ rule, subject, detail, since, firedAt }) {
      const row = sql.get<{ id: number }>(
        `INSERT INTO alert (rule, subject, detail, since, fired_at, told, muted_until)
         VALUES (?, ?, ?, ?, ?, 'nothing', (SELECT max(muted_until) FROM alert WHERE rule = ? AND subject = ? AND muted_until > ?))
         RETURNING id`,
        ...[rule, subject, detail, since, firedAt, rule, subject, firedAt],
      );
      return row?.id ?? 0;
    },
    async resolve(id, at) {
      sql.run("UPDATE alert SET resolved_at = ? WHERE id = ?", at, id);
    },
    async told(id, told) {
      sql.run("UPDATE alert SET told = ? WHERE id = ?", told, id);
    },
    async acknowledge(id, by, at) {
      return (
        sql.run(
          "UPDATE alert SET acknowledged_by = ?, acknowledged_at = ? WHERE id = ? AND resolved_at IS NULL",
          ...[by, at, id],
        ) === 1
      );
    },
    async mute(id, until) {
      return sql.run("UPDATE alert SET muted_until = ? WHERE id = ?", until, id) === 1;
    },
  };
}

import type { AlertRow, AlertTable } from "../../store/alert-table.ts";
import { SELECT_ALERT } from "../rows/alert-row.ts";
import type { Sql } from "./sql.ts";

export function alertTable(sql: Sql): AlertTable {
  return {
    pending: () =>
      sql.all<AlertRow>(`${SELECT_ALERT} WHERE resolved_at IS NULL OR told <> 'resolved' ORDER BY id`),
    async fire({ rule, subject, detail, since, firedAt }) {
      const row = await sql.get<{ id: number }>(
        `INSERT INTO alert (rule, subject, detail, since, fired_at, told, muted_until)
         VALUES ($1, $2, $3, $4, $5, 'nothing',
           (SELECT max(muted_until) FROM alert WHERE rule = $1 AND subject = $2 AND muted_until > $5))
         RETURNING id`,
        ...[rule, subject, detail, since, firedAt],
      );
      return row?.id ?? 0;
    },
    async resolve(id, at) {
      sql.send("UPDATE alert SET resolved_at = $2 WHERE id = $1", id, at);
    },
    async told(id, told) {
      sql.send("UPDATE alert SET told = $2 WHERE id = $1", id, told);
    },
    async acknowledge(id, by, at) {
      const changed = await sql.run(
        "UPDATE alert SET acknowledged_by = $2, acknowledged_at = $3 WHERE id = $1 AND resolved_at IS NULL",
        ...[id, by, at],
      );
      return changed === 1;
    },
    async mute(id, until) {
      return (await sql.run("UPDATE alert SET muted_until = $2 WHERE id = $1", id, until)) === 1;
    },
  };
}

import type { SlotRow, SlotTable } from "../../store/slot-table.ts";
import type { Sql } from "./sql.ts";

export const SELECT_SLOT = `SELECT flow, at, state, started_at AS "startedAt", finished_at AS "finishedAt", detail FROM slot`;

export function slotTable(sql: Sql): SlotTable {
  return {
    async take(flow, at, state, now, detail) {
      const taken = await sql.run(
        `INSERT INTO slot (flow, at, state, started_at, finished_at, detail) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING`,
        ...[flow, at, state, now, state === "skipped" ? now : null, detail],
      );
      return taken === 1;
    },
    async finish(flow, at, state, now, detail) {
      sql.send(
        "UPDATE slot SET state = $3, finished_at = $4, detail = $5 WHERE flow = $1 AND at = $2",
        ...[flow, at, state, now, detail],
      );
    },
    async ask(flow) {
      sql.send("INSERT INTO asked (flow) VALUES ($1) ON CONFLICT DO NOTHING", flow);
    },
    async takeAsked() {
      // Mostly there is none, and what only reads costs no fsync.
      if ((await sql.get("SELECT 1 AS one FROM asked LIMIT 1")) === undefined) return [];
      return (await sql.all<{ flow: number }>("DELETE FROM asked RETURNING flow")).map((row) => row.flow);
    },
    last: (flow) => sql.get<SlotRow>(`${SELECT_SLOT} WHERE flow = $1 ORDER BY at DESC LIMIT 1`, flow),
    running: () => sql.all<SlotRow>(`${SELECT_SLOT} WHERE state = 'running'`),
  };
}

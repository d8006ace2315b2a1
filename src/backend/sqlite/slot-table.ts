import type { SlotRow, SlotTable } from "../../store/slot-table.ts";
import type { Sql } from "./sql.ts";

const SELECT = "SELECT flow, at, state, started_at AS startedAt, finished_at AS finishedAt, detail FROM slot";

export function slotTable(sql: Sql): SlotTable {
  // The one process there is has the duty itself.
  const asked = new Set<number>();
  return {
    async take(flow, at, state, now, detail) {
      const finished = state === "skipped" ? now : null;
      return (
        sql.run(
          "INSERT OR IGNORE INTO slot (flow, at, state, started_at, finished_at, detail) VALUES (?, ?, ?, ?, ?, ?)",
          flow,
          at,
          state,
          now,
          finished,
          detail,
        ) === 1
      );
    },
    async finish(flow, at, state, now, detail) {
      sql.run(
        "UPDATE slot SET state = ?, finished_at = ?, detail = ? WHERE flow = ? AND at = ?",
        state,
        now,
        detail,
        flow,
        at,
      );
    },
    async ask(flow) {
      asked.add(flow);
    },
    async takeAsked() {
      const flows = [...asked];
      asked.clear();
      return flows;
    },
    async last(flow) {
      return sql.get<SlotRow>(`${SELECT} WHERE flow = ? ORDER BY at DESC LIMIT 1`, flow);
    },
    async running() {
      return sql.all<SlotRow>(`${SELECT} WHERE state = 'running'`);
    },
  };
}

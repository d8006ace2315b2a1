import type { TallyTable } from "../../store/tally-table.ts";
import { insertRows } from "./bulk.ts";
import type { Sql } from "./sql.ts";

export function tallyTable(sql: Sql): TallyTable {
  return {
    async add(at, tallies) {
      const minute = Math.floor(at / 60_000);
      insertRows(
        sql,
        "INSERT INTO tally (minute, flow, route, outcome, n) VALUES",
        tallies.filter((one) => one.n !== 0).map((one) => [minute, one.flow, one.route, one.outcome, one.n]),
        "ON CONFLICT (minute, flow, route, outcome) DO UPDATE SET n = n + excluded.n",
      );
    },
  };
}

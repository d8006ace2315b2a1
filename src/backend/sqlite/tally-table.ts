import type { TallyTable } from "../../store/tally-table.ts";
import { DAYS_KNOWN, type DaysKnown, daysToSum } from "../rows/tally-days.ts";
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
    async sumDays(now) {
      const days = daysToSum(now, sql.get<DaysKnown>(DAYS_KNOWN));
      if (days === null) return false;
      sql.run(
        `INSERT INTO tally_day (flow, day, route, outcome, n)
         SELECT t.flow, t.minute / 1440, t.route, t.outcome, sum(t.n) FROM flow f
         JOIN tally t ON t.flow = f.id AND t.minute >= ? AND t.minute < ? WHERE true GROUP BY 1, 2, 3, 4
         ON CONFLICT (flow, day, route, outcome) DO UPDATE SET n = excluded.n`,
        days.from,
        days.to,
      );
      return true;
    },
  };
}

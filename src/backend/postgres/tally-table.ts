import type { TallyTable } from "../../store/tally-table.ts";
import { DAYS_KNOWN, type DaysKnown, daysToSum } from "../rows/tally-days.ts";
import { columnsOf, unnested } from "./columns.ts";
import type { Sql } from "./sql.ts";

const ADD = `INSERT INTO tally AS t (minute, flow, route, outcome, n)
  SELECT minute, flow, route, outcome, sum(n) FROM
    unnest(${unnested(["bigint", "bigint", "bigint", "text", "bigint"])}) AS u (minute, flow, route, outcome, n)
  GROUP BY minute, flow, route, outcome
  ON CONFLICT (flow, minute, route, outcome) DO UPDATE SET n = t.n + excluded.n`;

const SUM_DAYS = `INSERT INTO tally_day (flow, day, route, outcome, n)
  SELECT t.flow, t.minute / 1440, t.route, t.outcome, sum(t.n)::bigint FROM flow f
  JOIN tally t ON t.flow = f.id AND t.minute >= $1 AND t.minute < $2 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (flow, day, route, outcome) DO UPDATE SET n = excluded.n`;

export function tallyTable(sql: Sql): TallyTable {
  return {
    async add(at, tallies) {
      const minute = Math.floor(at / 60_000);
      const rows = tallies
        .filter((one) => one.n !== 0)
        .map((one) => [minute, one.flow, one.route, one.outcome, one.n]);
      if (rows.length > 0) sql.send(ADD, ...columnsOf(rows, 5));
    },
    async sumDays(now) {
      const days = daysToSum(now, await sql.get<DaysKnown>(DAYS_KNOWN));
      if (days !== null) await sql.run(SUM_DAYS, days.from, days.to);
      return days !== null;
    },
  };
}

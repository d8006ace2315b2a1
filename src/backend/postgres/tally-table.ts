import type { TallyTable } from "../../store/tally-table.ts";
import { columnsOf, unnested } from "./columns.ts";
import type { Sql } from "./sql.ts";

const ADD = `INSERT INTO tally AS t (minute, flow, route, outcome, n)
  SELECT minute, flow, route, outcome, sum(n) FROM
    unnest(${unnested(["bigint", "bigint", "bigint", "text", "bigint"])}) AS u (minute, flow, route, outcome, n)
  GROUP BY minute, flow, route, outcome
  ON CONFLICT (flow, minute, route, outcome) DO UPDATE SET n = t.n + excluded.n`;

export function tallyTable(sql: Sql): TallyTable {
  return {
    async add(at, tallies) {
      const minute = Math.floor(at / 60_000);
      const rows = tallies
        .filter((one) => one.n !== 0)
        .map((one) => [minute, one.flow, one.route, one.outcome, one.n]);
      if (rows.length > 0) sql.send(ADD, ...columnsOf(rows, 5));
    },
  };
}

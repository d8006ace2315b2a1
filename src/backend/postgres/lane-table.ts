import { HubError } from "../../errors.ts";
import type { LaneTable, Lease } from "../../store/lane-table.ts";
import type { Sql } from "./sql.ts";

/**
 * A process finishes work in one transaction at a time, so it holds its own row as the lock of all its lanes, and who
 * takes lanes over, or works across them, holds the rows of those who have them. The lanes are read behind that lock.
 */
const OWN_ROW = "SELECT told FROM worker WHERE id = $1 FOR NO KEY UPDATE";
const STILL_OWNED = `SELECT count(*) AS n FROM unnest($2::smallint[], $3::bigint[]) AS u (lane, epoch)
  JOIN lane l ON l.lane = u.lane AND l.epoch = u.epoch AND l.owner = $1`;
const NO_CHANGES = "LOCK TABLE lane IN EXCLUSIVE MODE";
const ALL_ROWS = "SELECT id FROM worker ORDER BY id FOR NO KEY UPDATE";
const TELL = "UPDATE worker SET told = told + 1";

/** @param worker id of this process */
export function laneTable(sql: Sql, worker: number): LaneTable {
  return {
    async own(leases) {
      const [row, owned] = await Promise.all([
        sql.get<{ told: number }>(OWN_ROW, worker),
        sql.get<{ n: number }>(
          STILL_OWNED,
          worker,
          lanesOf(leases),
          leases.map(({ epoch }) => epoch),
        ),
      ]);
      if (row === undefined || owned?.n !== leases.length)
        throw new HubError("TL_LANE_LOST", "lanes of this work have changed hands; it is not finished here");
      return row.told;
    },
    async enter() {
      sql.send(NO_CHANGES);
      await sql.all(ALL_ROWS);
    },
    async tell() {
      sql.send(TELL);
    },
  };
}

export function lanesOf(leases: readonly Lease[]): readonly number[] {
  return leases.map(({ lane }) => lane);
}

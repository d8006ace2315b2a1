import type { MuteTable } from "../../store/mute-table.ts";
import { type MuteRow, SELECT_MUTES } from "../rows/mute.ts";
import type { ReadSql, Sql } from "./sql.ts";

const SET = `INSERT INTO muted_cause (flow, route, fingerprint, until, version, by, at)
  VALUES ($1, $2, $3, $4, (SELECT version FROM flow WHERE id = $1), $5, $6)
  ON CONFLICT (flow, route, fingerprint) DO UPDATE SET until = excluded.until, version = excluded.version,
    by = excluded.by, at = excluded.at`;

export function muteTable(sql: Sql): MuteTable {
  return {
    async set({ flow, route, fingerprint, until, by, at }) {
      sql.send("DELETE FROM muted_cause WHERE until <= $1", at);
      sql.send(SET, flow, route ?? 0, fingerprint, until, by, at);
    },
    async clear({ flow, route, fingerprint }) {
      const text = "DELETE FROM muted_cause WHERE flow = $1 AND route = $2 AND fingerprint = $3";
      return (await sql.run(text, flow, route ?? 0, fingerprint)) === 1;
    },
  };
}

/** Those that hold at `now`. */
export function readMutes(sql: ReadSql, now: number): Promise<readonly MuteRow[]> {
  return sql.all<MuteRow>(`${SELECT_MUTES} WHERE until IS NULL OR until > $1`, now);
}

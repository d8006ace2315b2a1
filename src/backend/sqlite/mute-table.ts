import type { MuteTable } from "../../store/mute-table.ts";
import { type MuteRow, SELECT_MUTES } from "../rows/mute.ts";
import type { Sql } from "./sql.ts";

export function muteTable(sql: Sql): MuteTable {
  return {
    async set({ flow, route, fingerprint, until, by, at }) {
      sql.run("DELETE FROM muted_cause WHERE until <= ?", at);
      sql.run(
        `INSERT OR REPLACE INTO muted_cause (flow, route, fingerprint, until, version, by, at)
         VALUES (?1, ?2, ?3, ?4, (SELECT version FROM flow WHERE id = ?1), ?5, ?6)`,
        ...[flow, route ?? 0, fingerprint, until, by, at],
      );
    },
    async clear({ flow, route, fingerprint }) {
      const text = "DELETE FROM muted_cause WHERE flow = ? AND route = ? AND fingerprint = ?";
      return sql.run(text, flow, route ?? 0, fingerprint) === 1;
    },
  };
}

/** Those that hold at `now`. */
export function readMutes(sql: Sql, now: number): readonly MuteRow[] {
  return sql.all<MuteRow>(`${SELECT_MUTES} WHERE until IS NULL OR until > ?`, now);
}

import type { AuditTable } from "../../store/audit-table.ts";
import type { Sql } from "./sql.ts";

export function auditTable(sql: Sql): AuditTable {
  return {
    async add(entry) {
      sql.run(
        "INSERT INTO audit (at, actor, act, target, detail, reason) VALUES (?, ?, ?, ?, ?, ?)",
        entry.at,
        entry.actor,
        entry.act,
        entry.target,
        entry.detail,
        entry.reason,
      );
    },
  };
}

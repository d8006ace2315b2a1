import type { AuditTable } from "../../store/audit-table.ts";
import type { Sql } from "./sql.ts";

export function auditTable(sql: Sql): AuditTable {
  return {
    async add({ at, actor, act, target, detail, reason }) {
      sql.send(
        "INSERT INTO audit (at, actor, act, target, detail, reason) VALUES ($1, $2, $3, $4, $5, $6)",
        ...[at, actor, act, target, detail, reason],
      );
    },
  };
}

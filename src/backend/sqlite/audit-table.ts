import { chainHash, storable } from "../../store/audit-chain.ts";
import type { AuditTable } from "../../store/audit-table.ts";
import type { Sql } from "./sql.ts";

export function auditTable(sql: Sql): AuditTable {
  return {
    async add(given) {
      const entry = storable(given);
      const last = sql.get<{ hash: string | null }>("SELECT hash FROM audit ORDER BY id DESC LIMIT 1");
      sql.run(
        "INSERT INTO audit (at, actor, act, target, detail, reason, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        entry.at,
        entry.actor,
        entry.act,
        entry.target,
        entry.detail,
        entry.reason,
        chainHash(last?.hash ?? "", entry),
      );
    },
  };
}

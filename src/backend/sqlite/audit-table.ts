import { chainHash, storable } from "../../store/audit-chain.ts";
import type { AuditEntry, AuditTable } from "../../store/audit-table.ts";
import type { Sql } from "./sql.ts";

export function auditTable(sql: Sql): AuditTable {
  return { add: async (entry) => addAudit(sql, entry) };
}

/** Adds an entry to the end of the chain. */
export function addAudit(sql: Sql, given: AuditEntry): void {
  const entry = storable(given);
  const { at, actor, act, target, detail, reason } = entry;
  const last = sql.get<{ hash: string | null }>("SELECT hash FROM audit ORDER BY id DESC LIMIT 1");
  sql.run(
    "INSERT INTO audit (at, actor, act, target, detail, reason, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ...[at, actor, act, target, detail, reason, chainHash(last?.hash ?? "", entry)],
  );
}

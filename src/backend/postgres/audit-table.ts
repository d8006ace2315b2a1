import { chainedText, storable } from "../../store/audit-chain.ts";
import type { AuditTable } from "../../store/audit-table.ts";
import type { Sql } from "./sql.ts";

/** Its row is held until the commit, so that the next one sees what it is chained to. */
const TURN = "UPDATE counter SET last = last + 1 WHERE name = 'audit'";
const ADD = `INSERT INTO audit (at, actor, act, target, detail, reason, hash)
  SELECT $1, $2, $3, $4, $5, $6,
    encode(sha256(convert_to(coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '') || $7, 'UTF8')), 'hex')`;

export function auditTable(sql: Pick<Sql, "send">): AuditTable {
  return {
    async add(given) {
      const entry = storable(given);
      const { at, actor, act, target, detail, reason } = entry;
      sql.send(TURN);
      sql.send(ADD, ...[at, actor, act, target, detail, reason, chainedText(entry)]);
    },
  };
}

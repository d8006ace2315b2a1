import type { RetentionTable } from "../../store/retention-table.ts";
import {
  isFinished,
  isOldFile,
  type Looked,
  nextStep,
  oldAlerts,
  oldBundle,
  SWEEP,
} from "../rows/retention.ts";
import { eventsOf } from "./events-of.ts";
import type { Sql } from "./sql.ts";

const LOOK = `SELECT m.place AS id, m.accepted_at AS begun, (${isFinished("?4", "?5")}) AS old
  FROM message m INDEXED BY message_flow WHERE m.flow = ?1 AND m.place > ?2 ORDER BY m.place LIMIT ?3`;
const FILES = `SELECT f.id, f.archive, f.text, f.started_at AS begun, (${isOldFile("?3")}) AS old
  FROM file f WHERE f.id > ?1 ORDER BY f.id LIMIT ?2`;
const GIVEN = "(SELECT value FROM json_each(?1))";
const DELIVERIES = `(SELECT id FROM delivery INDEXED BY delivery_message WHERE message IN ${GIVEN})`;
const OF_MESSAGES = [
  `DELETE FROM attempt WHERE delivery IN ${DELIVERIES}`,
  `DELETE FROM delivery_body WHERE id IN ${DELIVERIES}`,
  `DELETE FROM delivery WHERE id IN ${DELIVERIES}`,
  `DELETE FROM trail WHERE message IN ${GIVEN}`,
  `DELETE FROM message_body WHERE place IN ${GIVEN}`,
  eventsOf(GIVEN),
  `DELETE FROM message WHERE place IN ${GIVEN}`,
];
/** Numbers are drawn above the highest in use, or this floor: one that is gone is not given again. */
const FLOOR = `INSERT INTO meta (name, value) SELECT ?1, CAST(?2 AS TEXT) WHERE ?2 IS NOT NULL
  ON CONFLICT (name) DO UPDATE SET value = CAST(max(CAST(value AS INTEGER), ?2) AS TEXT)`;
const COUNT = `INSERT INTO forgotten (kind, n, last, at) VALUES (?, ?, ?, ?)
  ON CONFLICT (kind) DO UPDATE SET n = n + excluded.n, last = max(last, excluded.last), at = excluded.at`;

export function retentionTable(sql: Sql): RetentionTable {
  function count(kind: string, ids: readonly number[], at: number): void {
    if (ids.length > 0) sql.run(COUNT, kind, ids.length, Math.max(...ids), at);
  }

  return {
    async messages(flow, { after, before }, now, limit) {
      const looked = sql.all<Looked>(LOOK, flow, after, limit, before, now);
      const old = looked.filter((one) => one.old === 1).map(({ id }) => id);
      if (old.length > 0) {
        const list = JSON.stringify(old);
        const last = sql.get<{ id: number | null }>(`SELECT max(id) AS id FROM ${DELIVERIES}`, list);
        sql.run(FLOOR, "floor.delivery", last?.id ?? null);
        sql.run(FLOOR, "floor.place", Math.max(...old));
        for (const statement of OF_MESSAGES) sql.run(statement, list);
        count("messages", old, now);
      }
      return { forgotten: old.length, next: nextStep(looked, before, limit) };
    },
    async files({ after, before }, limit) {
      const looked = sql.all<Looked & { archive: string; text: string }>(FILES, after, limit, before);
      const old = looked
        .filter((one) => one.old === 1)
        .map(({ id, archive, text }) => ({ id, archive, text }));
      return { old, next: nextStep(looked, before, limit) };
    },
    async forgetFiles(ids, at) {
      sql.run(`DELETE FROM file WHERE id IN ${GIVEN}`, JSON.stringify(ids));
      count("files", ids, at);
    },
    async bundles(before, at, limit) {
      const bundle = sql.get<{ id: number }>(oldBundle("?"), before);
      if (bundle === undefined) return { forgotten: 0, more: false };
      const rows = sql.run(
        `DELETE FROM bundle_row WHERE (bundle, message, delivery) IN
         (SELECT bundle, message, delivery FROM bundle_row WHERE bundle = ? LIMIT ?)`,
        ...[bundle.id, limit],
      );
      if (rows === limit) return { forgotten: 0, more: true };
      sql.run("DELETE FROM bundle WHERE id = ?", bundle.id);
      count("bundles", [bundle.id], at);
      return { forgotten: 1, more: true };
    },
    async alerts(before, at, limit) {
      const ids = sql.all<{ id: number }>(oldAlerts("?", "?", "?"), before, at, limit).map(({ id }) => id);
      sql.run(`DELETE FROM alert WHERE id IN ${GIVEN}`, JSON.stringify(ids));
      count("alerts", ids, at);
      return ids.length;
    },
    async swept(at) {
      sql.run(COUNT, SWEEP, 1, 0, at);
    },
    async lastSweep() {
      return sql.get<{ at: number }>("SELECT at FROM forgotten WHERE kind = ?", SWEEP)?.at ?? null;
    },
  };
}

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

const LOOK = `SELECT m.place AS id, m.accepted_at AS begun, (${isFinished("$4::bigint", "$5::bigint")}) AS old
  FROM message m WHERE m.flow = $1 AND m.place > $2 ORDER BY m.place LIMIT $3`;
const FILES = `SELECT f.id, f.archive, f.text, f.started_at AS begun, (${isOldFile("$3")}) AS old
  FROM file f WHERE f.id > $1 ORDER BY f.id LIMIT $2`;
const GIVEN = "ANY ($1::bigint[])";
const DELIVERIES = `(SELECT id FROM delivery WHERE message = ${GIVEN})`;
const OF_MESSAGES = [
  `DELETE FROM attempt WHERE delivery IN ${DELIVERIES}`,
  `DELETE FROM delivery_body WHERE id IN ${DELIVERIES}`,
  `DELETE FROM delivery WHERE message = ${GIVEN}`,
  `DELETE FROM trail WHERE message = ${GIVEN}`,
  `DELETE FROM message_body WHERE place = ${GIVEN}`,
  eventsOf(GIVEN),
  `DELETE FROM message WHERE place = ${GIVEN}`,
];
const COUNT = `INSERT INTO forgotten AS f (kind, n, last, at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (kind) DO UPDATE SET n = f.n + excluded.n, last = greatest(f.last, excluded.last), at = excluded.at`;
const BUNDLE_ROWS = `DELETE FROM bundle_row WHERE (bundle, message, delivery) IN
  (SELECT bundle, message, delivery FROM bundle_row WHERE bundle = $1 LIMIT $2)`;

export function retentionTable(sql: Sql): RetentionTable {
  function count(kind: string, ids: readonly number[], at: number): void {
    if (ids.length > 0) sql.send(COUNT, kind, ids.length, Math.max(...ids), at);
  }

  return {
    async messages(flow, { after, before }, now, limit) {
      const looked = await sql.all<Looked>(LOOK, flow, after, limit, before, now);
      const old = looked.filter((one) => one.old).map(({ id }) => id);
      if (old.length > 0) {
        for (const statement of OF_MESSAGES) sql.send(statement, old);
        count("messages", old, now);
      }
      return { forgotten: old.length, next: nextStep(looked, before, limit) };
    },
    async files({ after, before }, limit) {
      const looked = await sql.all<Looked & { archive: string; text: string }>(FILES, after, limit, before);
      const old = looked.filter((one) => one.old).map(({ id, archive, text }) => ({ id, archive, text }));
      return { old, next: nextStep(looked, before, limit) };
    },
    async forgetFiles(ids, at) {
      sql.send(`DELETE FROM file WHERE id = ${GIVEN}`, ids);
      count("files", ids, at);
    },
    async bundles(before, at, limit) {
      const bundle = await sql.get<{ id: number }>(oldBundle("$1"), before);
      if (bundle === undefined) return { forgotten: 0, more: false };
      const rows = await sql.run(BUNDLE_ROWS, bundle.id, limit);
      if (rows === limit) return { forgotten: 0, more: true };
      sql.send("DELETE FROM bundle WHERE id = $1", bundle.id);
      count("bundles", [bundle.id], at);
      return { forgotten: 1, more: true };
    },
    async alerts(before, at, limit) {
      const found = await sql.all<{ id: number }>(oldAlerts("$1", "$2", "$3"), before, at, limit);
      const ids = found.map(({ id }) => id);
      if (ids.length > 0) sql.send(`DELETE FROM alert WHERE id = ${GIVEN}`, ids);
      count("alerts", ids, at);
      return ids.length;
    },
    async swept(at) {
      sql.send(COUNT, SWEEP, 1, 0, at);
    },
    async lastSweep() {
      const row = await sql.get<{ at: number }>("SELECT at FROM forgotten WHERE kind = $1", SWEEP);
      return row?.at ?? null;
    },
  };
}

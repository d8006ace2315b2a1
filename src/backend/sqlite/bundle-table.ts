import type { BundleTable } from "../../store/bundle-table.ts";
import { type BundleColumns, toBundle } from "../rows/bundle-row.ts";
import { type DeliveryColumns, SELECT_DELIVERY, toDelivery } from "../rows/delivery-row.ts";
import { toText } from "../rows/row.ts";
import { insertRows } from "./bulk.ts";
import type { Sql } from "./sql.ts";

export function bundleTable(sql: Sql): BundleTable {
  return {
    async last(route) {
      const row = sql.get<BundleColumns>(
        "SELECT * FROM bundle WHERE route = ? ORDER BY id DESC LIMIT 1",
        route,
      );
      return row === undefined ? undefined : toBundle(row);
    },
    async closed(route) {
      return (
        sql.get<{ slot: number | null }>(
          "SELECT max(slot) AS slot FROM bundle WHERE route = ? AND closes = 1",
          route,
        )?.slot ?? null
      );
    },
    async begin({ flow, route, slot, closes, startedAt }) {
      const isClosed = "SELECT 1 FROM bundle WHERE route = ? AND slot = ? AND closes = 1";
      if (sql.get(isClosed, route, slot) !== undefined) return undefined;
      sql.run(
        "DELETE FROM bundle WHERE route = ? AND closes = 1 AND deliveries = 0 AND state = 'done' AND slot < ?",
        route,
        slot,
      );
      const row = sql.get<BundleColumns>(
        `INSERT INTO bundle (flow, route, slot, part, closes, state, started_at)
         SELECT ?, ?, ?, coalesce(max(part), 0) + 1, ?, 'open', ? FROM bundle WHERE route = ? AND slot = ? RETURNING *`,
        ...[flow, route, slot, closes ? 1 : 0, startedAt, route, slot],
      );
      return row === undefined ? undefined : toBundle(row);
    },
    async add(bundle, deliveries) {
      insertRows(
        sql,
        "INSERT INTO bundle_row (bundle, message, delivery) VALUES",
        deliveries.map(({ id, message }) => [bundle, message, id]),
      );
    },
    async deliveries(bundle, after, limit) {
      return sql
        .all<DeliveryColumns>(
          `${SELECT_DELIVERY} JOIN bundle_row r ON r.delivery = d.id
           WHERE r.bundle = ? AND (r.message, r.delivery) > (?, ?) ORDER BY r.message, r.delivery LIMIT ?`,
          ...[bundle, after?.message ?? 0, after?.id ?? 0, limit],
        )
        .map(toDelivery);
    },
    async change({ id, state, rows, sequence, failure, answer, finishedAt }) {
      sql.run(
        `UPDATE bundle SET state = ?, deliveries = ?, sequence = ?, failure = ?, answer = ?, finished_at = ?
         WHERE id = ?`,
        ...[state, rows, sequence, toText(failure), answer, finishedAt, id],
      );
    },
  };
}

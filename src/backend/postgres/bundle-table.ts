import type { BundleTable } from "../../store/bundle-table.ts";
import { type BundleColumns, toBundle } from "../rows/bundle-row.ts";
import { type DeliveryColumns, SELECT_DELIVERY } from "../rows/delivery-row.ts";
import { toText } from "../rows/row.ts";
import { columnsOf, unnested } from "./columns.ts";
import { fromColumns } from "./delivery-table.ts";
import type { Sql } from "./sql.ts";

const BEGIN = `INSERT INTO bundle (flow, route, slot, part, closes, state, started_at)
  SELECT $1, $2, $3, coalesce(max(part), 0) + 1, $4, 'open', $5 FROM bundle WHERE route = $2 AND slot = $3
  RETURNING *`;
const ADD = `INSERT INTO bundle_row (bundle, message, delivery)
  SELECT $3::bigint, u.* FROM unnest(${unnested(["bigint", "bigint"])}) AS u`;
const DELIVERIES = `${SELECT_DELIVERY} JOIN bundle_row r ON r.delivery = d.id
  WHERE r.bundle = $1 AND (r.message, r.delivery) > ($2, $3) ORDER BY r.message, r.delivery LIMIT $4`;
const CHANGE = `UPDATE bundle SET state = $2, deliveries = $3, sequence = $4, failure = $5, answer = $6, finished_at = $7
  WHERE id = $1`;

export function bundleTable(sql: Sql): BundleTable {
  return {
    async last(route) {
      const row = await sql.get<BundleColumns>(
        "SELECT * FROM bundle WHERE route = $1 ORDER BY id DESC LIMIT 1",
        route,
      );
      return row === undefined ? undefined : toBundle(row);
    },
    async closed(route) {
      const row = await sql.get<{ slot: number | null }>(
        "SELECT max(slot) AS slot FROM bundle WHERE route = $1 AND closes = 1",
        route,
      );
      return row?.slot ?? null;
    },
    async begin({ flow, route, slot, closes, startedAt }) {
      const isClosed = "SELECT 1 AS one FROM bundle WHERE route = $1 AND slot = $2 AND closes = 1";
      if ((await sql.get(isClosed, route, slot)) !== undefined) return undefined;
      sql.send(
        "DELETE FROM bundle WHERE route = $1 AND closes = 1 AND deliveries = 0 AND state = 'done' AND slot < $2",
        ...[route, slot],
      );
      const rows = await sql.all<BundleColumns>(BEGIN, flow, route, slot, closes ? 1 : 0, startedAt);
      return rows[0] === undefined ? undefined : toBundle(rows[0]);
    },
    async add(bundle, deliveries) {
      if (deliveries.length === 0) return;
      const rows = deliveries.map(({ id, message }) => [message, id]);
      sql.send(ADD, ...columnsOf(rows, 2), bundle);
    },
    async deliveries(bundle, after, limit) {
      const rows = await sql.all<DeliveryColumns>(
        DELIVERIES,
        ...[bundle, after?.message ?? 0, after?.id ?? 0, limit],
      );
      return rows.map(fromColumns);
    },
    async change({ id, state, rows, sequence, failure, answer, finishedAt }) {
      sql.send(CHANGE, id, state, rows, sequence, toText(failure), answer, finishedAt);
    },
  };
}

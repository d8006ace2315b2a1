import { MOST_KEPT } from "../../message/exchange.ts";
import type { DeliveryChange, DeliveryTable, RouteKey } from "../../store/delivery-table.ts";
import { type DeliveryColumns, SELECT_DELIVERY, toDelivery } from "../rows/delivery-row.ts";
import { exchangeText } from "../rows/exchange-row.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { stateNumber, stateOf, toText } from "../rows/row.ts";
import { insertRows } from "./bulk.ts";
import { groupBy } from "./message-table.ts";
import type { Sql } from "./sql.ts";

/** @param nextId draws the next delivery id, which is also the target's sequence. */
export function deliveryTable(sql: Sql, nextId: () => number): DeliveryTable {
  return {
    async insert(deliveries) {
      const rows = deliveries.map((delivery) => ({ id: nextId(), delivery }));
      insertRows(
        sql,
        `INSERT INTO delivery (id, message, flow, route, lane, key, state, version, replay, allow_stale, attempts,
         created_at, file) VALUES`,
        rows.map(({ id, delivery: d }) => {
          const stale = d.allowStale ? 1 : 0;
          return [
            id,
            d.message,
            d.flow,
            d.route,
            d.lane,
            d.key,
            0,
            d.version,
            d.replay,
            stale,
            0,
            d.createdAt,
            d.file,
          ];
        }),
      );
      insertRows(
        sql,
        "INSERT INTO delivery_body (id, body) VALUES",
        rows.map(({ id, delivery }) => [id, delivery.body]),
      );
    },
    async queued(route, after, limit) {
      return sql
        .all<DeliveryColumns>(
          `${SELECT_DELIVERY} WHERE d.state = 0 AND d.route = ? AND d.id > ? ORDER BY d.id LIMIT ?`,
          route,
          after,
          limit,
        )
        .map(toDelivery);
    },
    async countQueued(route, most) {
      const some = "SELECT 1 FROM delivery WHERE state = 0 AND route = ? LIMIT ?";
      return sql.get<{ n: number }>(`SELECT count(*) AS n FROM (${some})`, route, most)?.n ?? 0;
    },
    async sending() {
      return sql
        .all<DeliveryColumns>(`${SELECT_DELIVERY} WHERE d.state = 3 AND d.state <> 5 ORDER BY d.id`)
        .map(toDelivery);
    },
    async done(ids) {
      const rows = sql.all<{ id: number }>(
        "SELECT id FROM delivery WHERE state = 5 AND id IN (SELECT value FROM json_each(?))",
        JSON.stringify(ids),
      );
      return new Set(rows.map(({ id }) => id));
    },
    async ofMessage(message) {
      return sql
        .all<DeliveryColumns>(`${SELECT_DELIVERY} WHERE d.message = ? ORDER BY d.id`, message)
        .map(toDelivery);
    },
    async change(changes) {
      for (const group of groupBy(changes, signature)) {
        const first = group[0];
        if (first === undefined) continue;
        sql.run(
          `UPDATE delivery SET state = ?, attempts = ?, next_at = ?, outcome = ?, failure = ?, answer = ?, finished_at = ?,
           fingerprint = ? WHERE id IN (SELECT value FROM json_each(?))`,
          stateNumber(first.state),
          first.attempts,
          first.nextAt,
          first.outcome,
          toText(first.failure),
          first.answer,
          first.state === "done" || first.state === "parked" ? first.at : null,
          fingerprintOf({ state: first.state, failure: first.failure }),
          JSON.stringify(group.map((change) => change.id)),
        );
      }
    },
    async attempts(attempts) {
      insertRows(
        sql,
        "INSERT OR REPLACE INTO attempt (delivery, attempt, started_at, ended_at, code, answer, exchange) VALUES",
        attempts.map((one) => [
          ...[one.delivery, one.attempt, one.startedAt, one.endedAt, one.code, one.answer],
          exchangeText(one.exchange),
        ]),
      );
    },
    async holdForReplay(ids) {
      sql.run(
        `UPDATE delivery SET state = 2, failure = NULL, finished_at = NULL, fingerprint = NULL,
         replay = (SELECT replay FROM message WHERE place = delivery.message)
         WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      );
    },
    async renew(id, delivery) {
      sql.run(
        `UPDATE delivery SET state = 0, attempts = 0, next_at = NULL, version = ?, replay = ?, allow_stale = ?
         WHERE id = ?`,
        delivery.version,
        delivery.replay,
        delivery.allowStale ? 1 : 0,
        id,
      );
      sql.run(
        `UPDATE attempt SET body = (SELECT substr(body, 1, ?) FROM delivery_body WHERE id = ?)
         WHERE delivery = ? AND exchange IS NOT NULL AND body IS NULL
         AND (SELECT body FROM delivery_body WHERE id = ?) <> ?`,
        ...[MOST_KEPT, id, id, id, delivery.body],
      );
      sql.run("UPDATE delivery_body SET body = ? WHERE id = ?", delivery.body, id);
    },
    async wake(now) {
      const routes = sql.all<{ route: number }>(
        "SELECT DISTINCT route FROM delivery INDEXED BY delivery_waiting WHERE state = 1 AND next_at <= ?",
        now,
      );
      if (routes.length > 0)
        sql.run("UPDATE delivery SET state = 0, next_at = NULL WHERE state = 1 AND next_at <= ?", now);
      return routes.map((row) => row.route);
    },
    async supersede(route, keys, at) {
      if (sql.get("SELECT 1 FROM delivery WHERE route = ? AND state <> 5 LIMIT 1", route) === undefined)
        return [];
      const found = sql.all<{ id: number; message: number; file: number | null; state: number }>(
        `SELECT d.id, d.message, d.file, d.state FROM json_each(?) j CROSS JOIN delivery d
         ON d.route = ? AND d.key = j.value ->> 0 AND d.message < j.value ->> 1 AND d.state <> 5 AND d.state IN (0, 1, 2, 4)`,
        JSON.stringify(keys.map((entry) => [entry.key, entry.before])),
        route,
      );
      if (found.length > 0) {
        sql.run(
          `UPDATE delivery SET state = 5, outcome = 'superseded', finished_at = ?, next_at = NULL, fingerprint = NULL
           WHERE id IN (SELECT value FROM json_each(?))`,
          at,
          JSON.stringify(found.map((row) => row.id)),
        );
      }
      return found.map((row) => ({ ...row, state: stateOf(row.state) }));
    },
    async lastApplied(route, keys) {
      const rows = sql.all<RouteKey>(
        "SELECT key, message, version FROM route_key WHERE route = ? AND key IN (SELECT value FROM json_each(?))",
        route,
        JSON.stringify(keys),
      );
      return new Map(rows.map((row) => [row.key, row]));
    },
    async applied(route, rows) {
      insertRows(
        sql,
        "INSERT OR REPLACE INTO route_key (route, key, message, version) VALUES",
        rows.map((row) => [route, row.key, row.message, row.version]),
      );
    },
    async open() {
      return sql.all<{ route: number; n: number }>(
        "SELECT route, count(*) AS n FROM delivery WHERE state <> 5 GROUP BY route",
      );
    },
  };
}

function signature(change: DeliveryChange): string {
  if (change.state === "done") return `${change.outcome} ${change.attempts} ${change.answer} ${change.at}`;
  return String(change.id);
}

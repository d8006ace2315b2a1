import type { Unfinished } from "../../store/queries.ts";
import { type RouteRow, SELECT_ROUTES } from "../rows/routes.ts";
import { MOST_UNFINISHED, toUnfinished } from "../rows/unfinished.ts";
import { flowNames } from "./query-flows.ts";
import type { Sql } from "./sql.ts";

/** Counted from the partial indexes of what is open, a message once however many of its deliveries are. */
export function readUnfinished(sql: Sql): readonly Unfinished[] {
  const names = flowNames(sql);
  const flows = names.ids.map((id) => count(sql, OF_FLOW, id, names.nameOf(id), null));
  const routes = sql.all<RouteRow>(SELECT_ROUTES);
  return [...flows, ...routes.map(({ id, flow, to }) => count(sql, OF_ROUTE, id, names.nameOf(flow), to))];
}

function count(sql: Sql, text: string, id: number, flow: string, to: string | null): Unfinished {
  const row = sql.get<{ open: number; parked: number }>(text, id);
  return toUnfinished({ flow, to, open: row?.open ?? 0, parked: row?.parked ?? 0 });
}

const some = (text: string): string => `SELECT * FROM (${text} LIMIT ${MOST_UNFINISHED})`;
const ofMessages = (index: string, states: string): string =>
  some(`SELECT place FROM message INDEXED BY ${index} WHERE ${states} AND flow = ?1`);
const ofDeliveries = (states: string): string =>
  some(`SELECT message FROM delivery INDEXED BY delivery_state WHERE state <> 5 AND ${states} AND flow = ?1`);
const ofRoute = (states: string): string =>
  some(`SELECT message FROM delivery INDEXED BY delivery_open WHERE state <> 5 AND ${states} AND route = ?1`);

const OF_FLOW = `SELECT
  (SELECT count(*) FROM (${ofMessages("message_queued", "state = 0")} UNION
    ${ofMessages("message_state", "state IN (1, 2, 4)")} UNION ${ofDeliveries("state IN (0, 1, 2, 3, 4)")})) AS open,
  (SELECT count(*) FROM (${ofMessages("message_state", "state IN (1, 2, 4) AND state = 4")} UNION
    ${ofDeliveries("state = 4")})) AS parked`;

const OF_ROUTE = `SELECT (SELECT count(DISTINCT message) FROM (${ofRoute("true")})) AS open,
  (SELECT count(DISTINCT message) FROM (${ofRoute("state = 4")})) AS parked`;

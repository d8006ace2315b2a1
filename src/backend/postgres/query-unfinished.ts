import type { Unfinished } from "../../store/queries.ts";
import { MOST_UNFINISHED, toUnfinished } from "../rows/unfinished.ts";
import type { ReadSql } from "./sql.ts";

const some = (text: string): string => `(${text} LIMIT ${MOST_UNFINISHED})`;
const ofMessages = (states: string): string =>
  some(`SELECT place FROM message WHERE ${states} AND flow = f.id ORDER BY place`);
const ofDeliveries = (states: string): string =>
  some(`SELECT message FROM delivery WHERE state <> 5 AND ${states} AND flow = f.id`);
const ofRoute = (states: string): string =>
  some(`SELECT message FROM delivery WHERE state <> 5 AND ${states} AND route = r.id`);

/** Counted from the partial indexes of what is open, a message once however many of its deliveries are. */
const OF_FLOWS = `SELECT f.name AS flow, NULL AS "to",
    (SELECT count(*) FROM (${ofMessages("state = 0")} UNION ${ofMessages("state = 1")} UNION
      ${ofMessages("state = 2")} UNION ${ofMessages("state = 4")} UNION
      ${ofDeliveries("state IN (0, 1, 2, 3, 4)")}) AS part) AS open,
    (SELECT count(*) FROM (${ofMessages("state = 4")} UNION ${ofDeliveries("state = 4")}) AS part) AS parked
  FROM flow f ORDER BY f.id`;

const OF_ROUTES = `SELECT f.name AS flow, r.target AS "to",
    (SELECT count(DISTINCT message) FROM ${ofRoute("true")} AS part) AS open,
    (SELECT count(DISTINCT message) FROM ${ofRoute("state = 4")} AS part) AS parked
  FROM flow f JOIN route r ON r.flow = f.id ORDER BY r.id`;

export async function readUnfinished(sql: ReadSql): Promise<readonly Unfinished[]> {
  const [flows, routes] = await Promise.all([sql.all<Unfinished>(OF_FLOWS), sql.all<Unfinished>(OF_ROUTES)]);
  return [...flows, ...routes].map(toUnfinished);
}

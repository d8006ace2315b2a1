import type { MessageFilter } from "../../store/queries.ts";
import type { Conditions } from "./conditions.ts";
import type { RouteRow } from "./routes.ts";
import { stateNumber } from "./row.ts";

/** How a database says what a filter needs. */
export interface MessageDialect<Value> {
  /** A list as the value of one parameter. */
  list(values: readonly (string | number)[]): Value;
  /** @param list what stands for a list */
  isIn(column: string, list: string, type: "bigint" | "text"): string;
  /** The code of the failure of a message or delivery, by the name of its table. */
  code(table: string): string;
  /** The outcomes of message `m`, a row each of `key` and `value`. */
  readonly outcomes: string;
  /** Table of the deliveries, named `d`. */
  readonly deliveries: string;
}

/**
 * Adds every condition of the filter on a message `m` at hand, also those its walk has met: a walk may be wider.
 * @param flow id of the filter's flow
 * @param routes those that go to the filter's target; null: to any
 */
export function addFilter<Value>(
  rest: Conditions<Value | string | number>,
  filter: MessageFilter,
  flow: number | undefined,
  routes: readonly RouteRow[] | null,
  dialect: MessageDialect<Value>,
): void {
  const withDelivery = (condition: string): string =>
    `EXISTS (SELECT 1 FROM ${dialect.deliveries} WHERE d.message = m.place AND ${condition})`;
  const { key, file, since, until, code, cause, state } = filter;
  if (flow !== undefined) rest.add("m.flow = $?", flow);
  if (key !== undefined) rest.add("m.key = $?", key);
  if (file !== undefined) rest.add("m.file = $?", file);
  if (since !== undefined) rest.add("m.accepted_at >= $?", since);
  if (until !== undefined) rest.add("m.accepted_at <= $?", until);
  if (code !== undefined)
    rest.add(`(${dialect.code("m")} = $? OR ${withDelivery(`${dialect.code("d")} = $?`)})`, code);
  if (cause !== undefined) {
    const { fingerprint, route } = cause;
    if (route === null) rest.add("m.fingerprint = $?", fingerprint);
    else rest.add(withDelivery(`d.route = ${rest.put(route)} AND d.fingerprint = $?`), fingerprint);
  }
  const isOfRoute =
    routes === null
      ? null
      : dialect.isIn("d.route", rest.put(dialect.list(routes.map((route) => route.id))), "bigint");
  const end = endOf(rest, filter, isOfRoute, dialect);
  if (end !== null) rest.add(`(EXISTS (SELECT 1 FROM ${end.own}) OR ${withDelivery(end.sent)})`);
  if (state === "done") rest.add(`m.state = 5 AND NOT ${withDelivery("d.state <> 5")}`);
  else if (state !== undefined) {
    const is = state === "open" ? "state <> 5" : `state = ${stateNumber(state)}`;
    rest.add(
      isOfRoute === null
        ? `(m.${is} OR ${withDelivery(`d.${is}`)})`
        : withDelivery(`d.${is} AND ${isOfRoute}`),
    );
  }
}

/**
 * How and when it ended, on one route at least: by the message's own outcomes, which tell of the CRM, of topics and of
 * what was left out (`*`: all routes alike), or by a delivery. With a route alone, whether it went there. Null where the
 * filter asks for none of it, or for a state of the route's deliveries.
 */
function endOf<Value>(
  rest: Conditions<Value | string | number>,
  { to, outcomes, endedSince, state }: MessageFilter,
  isOfRoute: string | null,
  dialect: MessageDialect<Value>,
): { readonly own: string; readonly sent: string } | null {
  const isAboutEnd = outcomes !== undefined || endedSince !== undefined;
  if (!isAboutEnd && (to === undefined || (state !== undefined && state !== "done"))) return null;
  const own: string[] = [];
  const sent: string[] = [];
  if (outcomes !== undefined) {
    const ends = rest.put(dialect.list(outcomes));
    own.push(dialect.isIn("o.value", ends, "text"));
    sent.push(dialect.isIn("d.outcome", ends, "text"));
  }
  if (endedSince !== undefined) {
    const since = rest.put(endedSince);
    own.push(`m.state = 5 AND m.finished_at >= ${since}`);
    sent.push(`d.state = 5 AND d.finished_at >= ${since}`);
  }
  if (to !== undefined && isOfRoute !== null) {
    own.push(`o.key IN (${rest.put(to)}, '*')`);
    sent.push(isOfRoute);
  }
  return { own: `${dialect.outcomes} o WHERE ${own.join(" AND ")}`, sent: sent.join(" AND ") };
}

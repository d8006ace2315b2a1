import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { WITHOUT_EFFECT } from "../../message/outcome.ts";
import type { ErrorGroup, FileTotals, Pending, Traffic } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { Count, nullable, problems, Time } from "../schema.ts";
import { readUnfinished } from "../unfinished.ts";

const HOUR = 3_600_000;
const HOURS = 24;

const Route = Type.Object({
  to: Type.String({ description: "`system.sink` or `topic:<name>`" }),
  filtered: Type.Integer({
    description: "Ended there without effect in the span: filtered, unchanged, stale, superseded, discarded",
  }),
  sent: Type.Integer({ description: "Took effect there in the span" }),
});

const Flow = Type.Object({
  name: Type.String(),
  files: Type.Boolean({
    description:
      "It has read files: received, filtered and sent are rows of those begun in the span, since rows that end well are no messages",
  }),
  received: Type.Integer({
    description: "Accepted in the span; what is replayed after a good end counts again",
  }),
  routes: Type.Array(Route),
  queued: Type.Integer({ minimum: 0, description: "Messages not done, now; at most 10,000 are counted" }),
  parked: Type.Integer({
    minimum: 0,
    description: "Messages that wait for a person now; at most 10,000 are counted",
  }),
  unmuted: Type.Integer({
    minimum: 0,
    description:
      "Messages and deliveries that are parked now for a cause that nobody has muted; at most 10,000 of each route",
  }),
  rejected: Type.Integer({
    minimum: 0,
    description: "Messages and rows that were rejected, not mended, and not muted",
  }),
  rejectedMore: Type.Boolean({ description: "There are more rejected ones than were counted" }),
  oldest: nullable(Time),
  perHour: Type.Array(Count, { description: "Received in each hour of the span, oldest first" }),
});

/** One look at the whole hub: what each flow did, and what waits. */
export async function overviewRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get(
    "/overview",
    {
      schema: {
        tags: ["hub"],
        summary: "What each flow did in the last 24 hours (whole hours), and what waits now",
        response: {
          200: Type.Object({ at: Time, since: Time, flows: Type.Array(Flow) }),
          ...problems(),
        },
      },
    },
    async () => {
      const { queries } = deps;
      const now = deps.now();
      const since = Math.floor(now / HOUR) * HOUR - (HOURS - 1) * HOUR;
      const [traffic, pending, unfinished, files, rejected] = await Promise.all([
        queries.traffic(since, HOUR / 60_000),
        queries.pending(now),
        readUnfinished(queries),
        queries.fileTotals(since),
        queries.errorGroups({ state: "rejected", muted: false, now }),
      ]);
      const flows = deps.flows().map(({ status: { name } }) => {
        const own = <Row extends { readonly flow: string }>(rows: readonly Row[]): readonly Row[] =>
          rows.filter((one) => one.flow === name);
        const [totals] = own(files);
        return {
          name,
          files: totals !== undefined,
          ...(totals === undefined ? countedMessages(own(traffic)) : countedRows(totals)),
          perHour: byHour(own(traffic), since),
          ...unfinished(name, null),
          ...countedRejected(own(rejected.groups)),
          unmuted: own(pending).reduce((sum, one) => sum + one.unmuted, 0),
          oldest: oldestOf(own(pending)),
        };
      });
      return { at: time(now), since: time(since), flows };
    },
  );
}

/** What counts for a flow as a whole is on no route: what came again is no message, and in no list. */
function countedMessages(traffic: readonly Traffic[]) {
  const routes = new Map<string, { filtered: number; sent: number }>();
  let received = 0;
  for (const { to, outcome, n } of traffic) {
    if (to === null) received += outcome === "accepted" ? n : 0;
    else routes.set(to, plus(routes.get(to), outcome, n));
  }
  return { received, routes: [...routes].map(([to, counts]) => ({ to, ...counts })) };
}

function countedRows({ rows, books }: FileTotals) {
  return {
    received: rows,
    routes: Object.entries(books).map(([to, counts]) => ({
      to,
      ...Object.entries(counts).reduce((sum, [outcome, n]) => plus(sum, outcome, n), NOTHING),
    })),
  };
}

const NOTHING = { filtered: 0, sent: 0 };
const ENDS_WITHOUT_EFFECT: ReadonlySet<string> = new Set(WITHOUT_EFFECT);

function plus({ filtered, sent } = NOTHING, outcome: string, n: number): typeof NOTHING {
  return {
    filtered: filtered + (ENDS_WITHOUT_EFFECT.has(outcome) ? n : 0),
    sent: sent + (outcome === "applied" ? n : 0),
  };
}

function byHour(traffic: readonly Traffic[], since: number): number[] {
  const perHour = Array.from({ length: HOURS }, () => 0);
  for (const { outcome, at, n } of traffic) {
    const hour = Math.floor((at - since) / HOUR);
    if (outcome === "accepted" && hour < HOURS) perHour[hour] = (perHour[hour] ?? 0) + n;
  }
  return perHour;
}

function countedRejected(groups: readonly ErrorGroup[]) {
  return {
    rejected: groups.reduce((sum, { count }) => sum + count, 0),
    rejectedMore: groups.some(({ more }) => more),
  };
}

function oldestOf(pending: readonly Pending[]) {
  const since = pending.flatMap(({ oldest }) => (oldest === null ? [] : [oldest]));
  return since.length === 0 ? null : time(Math.min(...since));
}

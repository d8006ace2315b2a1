import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { WITHOUT_EFFECT } from "../../message/outcome.ts";
import type { Pending, Traffic } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { Count, nullable, problems, Time } from "../schema.ts";

const HOUR = 3_600_000;
const HOURS = 24;

const Flow = Type.Object({
  name: Type.String(),
  files: Type.Boolean({
    description: "It has read files: rows that end well are in their books, and no messages",
  }),
  received: Type.Integer({ description: "Accepted in the span" }),
  filtered: Type.Integer({
    description: "Ended without effect in the span: filtered, unchanged, stale, superseded, discarded",
  }),
  queued: Type.Integer({ minimum: 0, description: "Messages and deliveries that are not done, now" }),
  sent: Type.Integer({ description: "Applied in the span, once for each route" }),
  errored: Type.Integer({ description: "Parked or rejected in the span and not mended since" }),
  parked: Type.Integer({ minimum: 0, description: "Wait for a person now, at most 10,000 are counted" }),
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
      const now = deps.now();
      const since = Math.floor(now / HOUR) * HOUR - (HOURS - 1) * HOUR;
      const [traffic, pending] = await Promise.all([
        deps.queries.traffic(since, HOUR / 60_000),
        deps.queries.pending(),
      ]);
      const open = new Map(deps.status().flows.map((flow) => [flow.name, flow.open]));
      const files = await readFromFiles(deps, new Set(pending.map((one) => one.flow)));
      const flows = deps.flows().map(({ status: { name } }) => ({
        name,
        files: files.has(name),
        queued: open.get(name) ?? 0,
        ...counted(
          traffic.filter((one) => one.flow === name),
          since,
        ),
        ...waiting(pending.filter((one) => one.flow === name)),
      }));
      return { at: time(now), since: time(since), flows };
    },
  );
}

/** Those of the flows that have read files. A flow that never was in force is not known to the store. */
async function readFromFiles({ queries }: ApiDeps, flows: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const first = await Promise.all(
    [...flows].map((flow) => queries.files({ flow }, { before: null, limit: 1 })),
  );
  return new Set(first.flatMap(({ items }) => items.map((file) => file.flow)));
}

function counted(traffic: readonly Traffic[], since: number) {
  const sum = (...outcomes: readonly string[]): number =>
    traffic.reduce((total, one) => total + (outcomes.includes(one.outcome) ? one.n : 0), 0);
  const perHour = Array.from({ length: HOURS }, () => 0);
  for (const { outcome, at, n } of traffic) {
    const hour = Math.floor((at - since) / HOUR);
    if (outcome === "accepted" && hour < HOURS) perHour[hour] = (perHour[hour] ?? 0) + n;
  }
  return {
    received: sum("accepted"),
    filtered: sum(...WITHOUT_EFFECT),
    sent: sum("applied"),
    errored: sum("parked", "rejected"),
    perHour,
  };
}

function waiting(pending: readonly Pending[]) {
  const since = pending.flatMap(({ oldest }) => (oldest === null ? [] : [oldest]));
  return {
    parked: pending.reduce((total, one) => total + one.parked, 0),
    oldest: since.length === 0 ? null : time(Math.min(...since)),
  };
}

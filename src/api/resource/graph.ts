import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { type FlowDefinition, readsTopic } from "../../config/flow-definition.ts";
import type { FlowStatus } from "../../control/engine.ts";
import { topicBehind } from "../../flow/lineage-topic.ts";
import type { Traffic } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { nullable, oneOf, problems, Time } from "../schema.ts";
import { readUnfinished, type Unfinished } from "../unfinished.ts";

const MINUTE = 60_000;
/** Whole minutes that a rate is taken over, and the one that is under way. */
const MINUTES = 5;

const Route = Type.Object({
  to: Type.String({ description: "`system.sink` or `topic:<name>`" }),
  publishes: nullable(Type.String({ description: "The topic that what is applied there comes on" })),
  stopped: nullable(Type.String()),
  waitingUntil: nullable(Time),
  queued: Type.Integer({
    minimum: 0,
    description: "Messages with a delivery not done there, now; at most 10,000",
  }),
  parked: Type.Integer({
    minimum: 0,
    description: "Messages with a delivery parked there, now; at most 10,000",
  }),
  applied: Type.Integer({ description: "Took effect in the span" }),
});

const Flow = Type.Object({
  name: Type.String(),
  reads: nullable(Type.String({ description: "`system.source` or `topic:<name>`; null: none is in force" })),
  map: nullable(Type.String({ description: "Path of its mapping" })),
  hash: nullable(Type.String({ description: "Of the version in force" })),
  accepting: Type.Boolean(),
  running: Type.Boolean(),
  problem: nullable(Type.String()),
  files: Type.Boolean({
    description: "It has read files: what it accepts are rows, most of which are no messages",
  }),
  queued: Type.Integer({ minimum: 0, description: "Messages not done, now; at most 10,000" }),
  parked: Type.Integer({ minimum: 0, description: "Messages that wait for a person now; at most 10,000" }),
  accepted: Type.Integer({ description: "In the span" }),
  routes: Type.Array(Route),
});

const System = Type.Object({
  name: Type.String(),
  breaker: nullable(
    oneOf(["closed", "open", "half-open"], "open: it failed several times and is left alone"),
  ),
});

/** How flows and systems hang together, and what went over each part of the way just now. */
export async function graphRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get(
    "/graph",
    {
      schema: {
        tags: ["flows"],
        summary: "All flows from source to targets, with what went over them in the last five minutes",
        response: {
          200: Type.Object({ since: Time, flows: Type.Array(Flow), systems: Type.Array(System) }),
          ...problems(),
        },
      },
    },
    async () => {
      const since = (Math.floor(deps.now() / MINUTE) - MINUTES) * MINUTE;
      const [traffic, unfinished, totals] = await Promise.all([
        deps.queries.traffic(since, MINUTES),
        readUnfinished(deps.queries),
        deps.queries.fileTotals(since),
      ]);
      const { flows, gates } = deps.status();
      return {
        since: time(since),
        flows: deps.flows().map(({ definition, status }) => {
          const now = flows.find((one) => one.id === status.id) ?? status;
          const own = traffic.filter(({ flow }) => flow === now.name);
          const files = totals.some(({ flow }) => flow === now.name);
          return { files, ...flowOf(definition, now, own, (to) => unfinished(now.name, to)) };
        }),
        systems: deps.systems().map(({ name }) => ({ name, breaker: gates?.[name]?.breaker ?? null })),
      };
    },
  );
}

function flowOf(
  definition: FlowDefinition | null,
  status: FlowStatus,
  traffic: readonly Traffic[],
  unfinished: (to: string | null) => Unfinished,
) {
  const { name, hash, accepting, running, problem, routes } = status;
  return {
    ...{ name, hash, accepting, running, problem, ...unfinished(null) },
    reads: definition === null ? null : readOf(definition),
    map: definition?.map ?? null,
    accepted: counted(traffic, null, "accepted"),
    routes: routes.map(({ to, stopped, waitingUntil }) => ({
      ...{ to, stopped, waitingUntil: time(waitingUntil), ...unfinished(to) },
      publishes: definition === null ? null : topicBehind(to, definition),
      applied: counted(traffic, to, "applied"),
    })),
  };
}

function readOf({ source }: FlowDefinition): string {
  return readsTopic(source) ? `topic:${source.topic}` : `${source.system}.${source.read}`;
}

function counted(traffic: readonly Traffic[], to: string | null, outcome: string): number {
  return traffic.reduce((sum, one) => (one.to === to && one.outcome === outcome ? sum + one.n : sum), 0);
}

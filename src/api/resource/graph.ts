import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { type FlowDefinition, readsTopic } from "../../config/flow-definition.ts";
import type { FlowStatus } from "../../control/engine.ts";
import { topicBehind } from "../../flow/lineage-topic.ts";
import type { Pending, Traffic } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { Count, nullable, oneOf, problems, Time } from "../schema.ts";

const MINUTE = 60_000;
/** Whole minutes that a rate is taken over, and the one that is under way. */
const MINUTES = 5;

const Route = Type.Object({
  to: Type.String({ description: "`system.sink` or `topic:<name>`" }),
  publishes: nullable(Type.String({ description: "The topic that what is applied there comes on" })),
  stopped: nullable(Type.String()),
  waitingUntil: nullable(Time),
  open: Type.Integer({ minimum: 0, description: "Deliveries not done, now" }),
  parked: Type.Integer({ minimum: 0, description: "Deliveries that wait for a person now" }),
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
  open: Count,
  parked: Type.Integer({ minimum: 0, description: "Messages and deliveries that wait for a person now" }),
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
      const [traffic, pending] = await Promise.all([
        deps.queries.traffic(since, MINUTES),
        deps.queries.pending(),
      ]);
      const { flows, gates } = deps.status();
      return {
        since: time(since),
        flows: deps.flows().map(({ definition, status }) => {
          const now = flows.find((one) => one.id === status.id) ?? status;
          const own = <Row extends { readonly flow: string }>(rows: readonly Row[]) =>
            rows.filter((one) => one.flow === now.name);
          return flowOf(definition, now, own(traffic), own(pending));
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
  pending: readonly Pending[],
) {
  const { name, hash, accepting, running, problem, open, routes } = status;
  return {
    ...{ name, hash, accepting, running, problem, open },
    reads: definition === null ? null : readOf(definition),
    map: definition?.map ?? null,
    parked: pending.reduce((sum, one) => sum + one.parked, 0),
    accepted: counted(traffic, null, "accepted"),
    routes: routes.map(({ to, stopped, waitingUntil, open: queued }) => ({
      ...{
        to,
        stopped,
        open: queued,
        publishes: definition === null ? null : topicBehind(to, definition),
        waitingUntil: time(waitingUntil),
      },
      parked: pending.find((one) => one.to === to)?.parked ?? 0,
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

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { ReplayPlanReport, Selection } from "../../control/engine.ts";
import { HubError } from "../../errors.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import {
  Code,
  Count,
  closed,
  Moment,
  momentOf,
  nullable,
  oneOf,
  problems,
  ReasonBody,
  Time,
} from "../schema.ts";

const tags = ["replay"];

const SelectionSchema = closed(
  {
    messages: Type.Optional(
      Type.Array(Type.String({ pattern: "^m-[0-9]{1,15}$" }), { minItems: 1, maxItems: 10_000 }),
    ),
    flow: Type.Optional(Type.String({ maxLength: 128 })),
    state: Type.Optional(oneOf(["parked", "rejected", "done"], "What became of it")),
    code: Type.Optional(Code),
    key: Type.Optional(Type.String({ maxLength: 1024 })),
    file: Type.Optional(Type.Integer({ minimum: 1 })),
    since: Type.Optional(Moment),
    until: Type.Optional(Moment),
  },
  { description: "All given conditions must hold" },
);

const Report = Type.Object({
  matched: Count,
  keys: Count,
  oldest: nullable(Time),
  newest: nullable(Time),
  sample: Type.Array(Type.String(), { description: "At most 10 ids, oldest first" }),
});

const PlanBody = closed({ selection: SelectionSchema });
const ReplayBody = closed({
  selection: SelectionSchema,
  version: Type.Optional(
    oneOf(["current", "same"], "Map with the version in force (default), or with the one of the first time"),
  ),
  routes: Type.Optional(
    Type.Array(Type.String(), { description: "Only these; default: those that did not end well" }),
  ),
  allowStale: Type.Optional(
    Type.Boolean({ description: "Apply also what is older than what was applied since" }),
  ),
  ...ReasonBody.properties,
});

/** Replay: first what it would touch, then the act. */
export async function replayRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.post<{ Body: Static<typeof PlanBody> }>(
    "/replay/plan",
    {
      schema: {
        tags,
        summary: "Count what a replay would touch; nothing changes",
        body: PlanBody,
        response: { 200: Report, ...problems(404, 415) },
      },
    },
    async ({ body }) => present(await deps.engine.planReplay(selectionFrom(body.selection))),
  );
  app.post<{ Body: Static<typeof ReplayBody> }>(
    "/replay",
    {
      schema: {
        tags,
        summary: "Put the selected messages on the queue again, in accepted order",
        body: ReplayBody,
        response: { 200: Report, ...problems(404, 409, 415) },
      },
    },
    async (request) => {
      const { selection, version, routes, allowStale } = request.body;
      const options = {
        version: version ?? "current",
        routes: routes ?? [],
        allowStale: allowStale ?? false,
      };
      return present(await deps.engine.replay(actOf(request), selectionFrom(selection), options));
    },
  );
}

function selectionFrom({ since, until, ...rest }: Static<typeof SelectionSchema>): Selection {
  if (Object.keys(rest).length === 0 && since === undefined && until === undefined) {
    throw new HubError("TL_USAGE", "the selection is empty, which would mean every message", {
      cure: "Name messages, or a flow, state, code, key, file or time.",
    });
  }
  return {
    ...rest,
    ...(since === undefined ? {} : { since: momentOf(since) }),
    ...(until === undefined ? {} : { until: momentOf(until) }),
  };
}

function present(report: ReplayPlanReport) {
  return { ...report, oldest: time(report.oldest), newest: time(report.newest) };
}

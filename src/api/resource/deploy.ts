import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { DeployReport } from "../../control/deploy.ts";
import { HubError } from "../../errors.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { Count, closed, IssueSchema, nullable, oneOf, problems, ReasonBody, Time } from "../schema.ts";

const tags = ["deploy"];
/** Code lists are part of a flow's texts. */
const BODY_LIMIT = 64 * 1024 * 1024;

const Name = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,63}$" });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });

const Request = {
  flows: Type.Array(
    closed({
      name: Name,
      texts: Type.Record(Type.String(), Type.String(), { description: "By path from the project folder" }),
    }),
    { maxItems: 1_000 },
  ),
  remove: Type.Optional(
    Type.Array(Name, { maxItems: 1_000, description: "Flows that are to go out of force" }),
  ),
};
const PlanBody = closed(Request);
const DeployBody = closed({
  ...Request,
  ...ReasonBody.properties,
});

const Names = Type.Array(Type.String());
const Report = Type.Object({
  mode: oneOf(["on-save", "manual"], "Who puts flows in force: the hub when its folder changes, or a person"),
  flows: Type.Array(
    Type.Object({
      name: Type.String(),
      change: oneOf(["new", "changed", "removed", "same"], "What becomes of the flow"),
      before: nullable(Type.String()),
      after: nullable(Type.String()),
      underWay: Type.Object(
        { messages: Count, files: Count },
        {
          description:
            "Accepted on the version in force, finishes on it; at most 10,000 messages are counted",
        },
      ),
      waits: nullable(Type.String({ description: "Why it cannot come into force yet" })),
      problems: Type.Array(IssueSchema),
      routes: Type.Object({ added: Names, removed: Names }),
      slots: nullable(
        Type.Object(
          { before: Type.Array(Time), after: Type.Array(Time) },
          { description: "Next planned runs" },
        ),
      ),
    }),
  ),
});

const Version = Type.Object({
  hash: Type.String(),
  deployedAt: Time,
  inForce: Type.Boolean(),
});

/** What is in force, what was, and how a person changes it. */
export async function deployRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.post<{ Body: Static<typeof PlanBody> }>(
    "/deploy/plan",
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "Tell what it would change to put these texts in force; nothing changes",
        body: PlanBody,
        response: { 200: Report, ...problems(413, 415) },
      },
    },
    async ({ body }) =>
      present(await deps.engine.planDeploy({ flows: body.flows, remove: body.remove ?? [] })),
  );
  app.post<{ Body: Static<typeof DeployBody> }>(
    "/deploy",
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "Put texts in force, all but those that have to wait",
        body: DeployBody,
        response: { 200: Report, ...problems(409, 413, 415) },
      },
    },
    async (request) => {
      const { flows, remove = [] } = request.body;
      return present(await deps.engine.deploy(actOf(request), { flows, remove }));
    },
  );

  const FlowParams = closed({ name: Name });
  app.get<{ Params: Static<typeof FlowParams> }>(
    "/flows/:name/versions",
    {
      schema: {
        tags,
        summary: "Versions of a flow that are stored, newest first",
        params: FlowParams,
        response: { 200: Type.Object({ items: Type.Array(Version) }), ...problems(404) },
      },
    },
    async ({ params }) => ({
      items: (await deps.queries.versions(params.name)).map(({ hash, deployedAt, inForce }) => ({
        hash,
        deployedAt: time(deployedAt),
        inForce,
      })),
    }),
  );
  const VersionParams = closed({ name: Name, hash: Hash });
  app.get<{ Params: Static<typeof VersionParams> }>(
    "/flows/:name/versions/:hash",
    {
      schema: {
        tags,
        summary: "The texts of a version, by path",
        params: VersionParams,
        response: {
          200: Type.Object({ texts: Type.Record(Type.String(), Type.String()) }),
          ...problems(404),
        },
      },
    },
    async ({ params }) => {
      const texts = await deps.queries.texts(params.name, params.hash);
      if (texts === undefined) throw new HubError("TL_NOT_FOUND", "the flow has no version with this hash");
      return { texts };
    },
  );
}

function present(report: DeployReport) {
  return {
    ...report,
    flows: report.flows.map((flow) => ({
      ...flow,
      slots:
        flow.slots === null
          ? null
          : { before: flow.slots.before.map(time), after: flow.slots.after.map(time) },
    })),
  };
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { causeText } from "../../message/cause.ts";
import { messageId } from "../../message/id.ts";
import type { ErrorGroup, ErrorGroupFilter, Queries } from "../../store/queries.ts";
import { CauseText } from "../cause.ts";
import type { ApiDeps } from "../deps.ts";
import { presentFailure, time } from "../present.ts";
import { Count, closed, FailureSchema, nullable, oneOf, problems, Time } from "../schema.ts";

const Group = Type.Object({
  fingerprint: CauseText,
  flow: Type.String(),
  to: nullable(
    Type.String({ description: "The route whose deliveries fail; null: the messages themselves do" }),
  ),
  state: oneOf(["parked", "rejected"], "Whether its members wait for a person, or were rejected"),
  failure: FailureSchema,
  count: Count,
  more: Type.Boolean({ description: "There are more than were counted, which are the newest" }),
  keys: Type.Integer({ minimum: 0, description: "Different ones, of those counted" }),
  oldest: Time,
  newest: Time,
  inForceSince: nullable(
    Type.String({ format: "date-time", description: "When the flow's version came into force" }),
  ),
  muted: nullable(
    Type.Object({
      until: nullable(Type.String({ format: "date-time", description: "Null: until the flow changes" })),
      by: Type.String(),
      at: Time,
    }),
  ),
  sample: Type.String({ description: "The newest message" }),
  perHour: Type.Array(Count, { description: "Came in each of the last 24 hours, oldest first" }),
});

const Query = closed({
  state: Type.Optional(oneOf(["parked", "rejected"], "Default: parked, those that wait for a person")),
  flow: Type.Optional(Type.String({ maxLength: 128 })),
  muted: Type.Optional(
    Type.Boolean({ description: "Those that are muted, of either state; left out: those that are not" }),
  ),
});
type State = ErrorGroupFilter["state"];

/** What failed, by cause: thousands of failures are mostly a few reasons. */
export async function errorGroupRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    "/error-groups",
    {
      schema: {
        tags: ["messages"],
        summary: "Failed messages by cause, the largest group first",
        querystring: Query,
        response: {
          200: Type.Object({
            items: Type.Array(Group),
            looked: Type.Integer({ minimum: 0, description: "Failures in these groups, as far as counted" }),
            complete: Type.Boolean({ description: "False: there are more than are shown or counted" }),
          }),
          ...problems(404),
        },
      },
    },
    async ({ query: { state = "parked", flow, muted = false } }) => {
      const states: readonly State[] = muted ? ["parked", "rejected"] : [state];
      const filter = { muted, now: deps.now(), ...(flow === undefined ? {} : { flow }) };
      const found = await Promise.all(
        states.map(async (one) => ({
          state: one,
          ...(await deps.queries.errorGroups({ ...filter, state: one })),
        })),
      );
      const groups = found
        .flatMap((part) => part.groups.map((group) => ({ ...group, state: part.state })))
        .toSorted((a, b) => b.count - a.count);
      const since = await inForceSince(deps.queries, groups);
      return {
        items: groups.map((group) => present(group, since.get(group.flow) ?? null)),
        looked: groups.reduce((sum, { count }) => sum + count, 0),
        complete: found.every(({ complete }) => complete) && groups.every(({ more }) => !more),
      };
    },
  );
}

/** Milliseconds since 1970, by flow. */
async function inForceSince(
  queries: Queries,
  groups: readonly ErrorGroup[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const flow of new Set(groups.map((group) => group.flow))) {
    const now = (await queries.versions(flow)).find((version) => version.inForce);
    if (now !== undefined) found.set(flow, now.deployedAt);
  }
  return found;
}

function present(group: ErrorGroup & { readonly state: State }, since: number | null) {
  const { flow, to, state, cause, failure, count, more, keys, perHour, muted } = group;
  return {
    ...{ fingerprint: causeText(cause), flow, to, state, failure: presentFailure(failure) },
    muted: muted === null ? null : { until: time(muted.until), by: muted.by, at: time(muted.at) },
    ...{ count, more, keys, perHour: [...perHour] },
    ...{ oldest: time(group.oldest), newest: time(group.newest), inForceSince: time(since) },
    sample: messageId(group.sample),
  };
}

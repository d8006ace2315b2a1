import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { parseDuration } from "../../config/duration.ts";
import { HubError } from "../../errors.ts";
import type { AlertRow } from "../../store/alert-table.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { pageFrom, presentFailure, presentPage, time } from "../present.ts";
import {
  Count,
  closed,
  FailureSchema,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  problems,
  ReasonBody,
  Time,
} from "../schema.ts";

const Alert = Type.Object({
  id: Count,
  rule: Type.String(),
  subject: Type.String({ description: "A flow, a route, a system, or `hub`" }),
  detail: Type.String({ description: "What is wrong, in words and without payload" }),
  state: oneOf(["firing", "resolved"], "Whether it still is so"),
  since: Time,
  firedAt: Time,
  resolvedAt: nullable(Time),
  acknowledgedBy: nullable(Type.String()),
  acknowledgedAt: nullable(Time),
  mutedUntil: nullable(Time),
  told: oneOf(["nothing", "firing", "resolved"], "The last that was told outside"),
});

const Rule = Type.Object({
  name: Type.String(),
  when: Type.String(),
  flow: nullable(Type.String()),
  system: nullable(Type.String()),
  above: Type.Number(),
  for: Type.Integer({ description: "Milliseconds" }),
  clear: Type.Integer({ description: "Milliseconds it must be well" }),
});

const Query = closed({
  ...PageQuery,
  state: Type.Optional(oneOf(["firing"], "Only those that are not resolved")),
});
const Params = closed({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const MuteBody = closed({
  for: Type.Optional(
    Type.String({ maxLength: 16, description: "How long, such as 30m or 2h; left out: no longer" }),
  ),
  ...ReasonBody.properties,
});
const Done = Type.Object({ ok: Type.Boolean() });
const tags = ["alerts"];

/** What the hub's own rules found wrong, and what people do about it. */
export async function alertRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    "/alerts",
    {
      schema: {
        tags,
        summary: "Alerts, newest first",
        querystring: Query,
        response: { 200: pageOf(Alert), ...problems() },
      },
    },
    async ({ query }) => {
      const filter = query.state === "firing" ? { firing: true } : {};
      return presentPage(await deps.queries.alerts(filter, pageFrom(query)), presentAlert);
    },
  );

  app.get(
    "/alert-rules",
    {
      schema: {
        tags,
        summary: "What is watched, who is told, and whether a watcher outside is called",
        response: {
          200: Type.Object({
            items: Type.Array(Rule),
            tell: Type.Array(Type.String()),
            heartbeat: Type.Boolean(),
          }),
          ...problems(),
        },
      },
    },
    async () => {
      const { rules, tell, heartbeat } = deps.settings.alerts;
      return { items: rules, tell: tell.map(({ to }) => to), heartbeat: heartbeat !== null };
    },
  );

  app.post<{ Params: Static<typeof Params>; Body: ReasonBody }>(
    "/alerts/:id/acknowledge",
    {
      schema: {
        tags,
        summary: "Say that somebody looks after it",
        params: Params,
        body: ReasonBody,
        response: { 200: Done, ...problems(404, 415) },
      },
    },
    async (request) => {
      await deps.engine.acknowledgeAlert(actOf(request), request.params.id);
      return { ok: true };
    },
  );

  app.post<{ Params: Static<typeof Params>; Body: Static<typeof MuteBody> }>(
    "/alerts/:id/mute",
    {
      schema: {
        tags,
        summary: "Tell nobody of it for a while, also when it fires again",
        params: Params,
        body: MuteBody,
        response: { 200: Done, ...problems(404, 415) },
      },
    },
    async (request) => {
      const until = untilOf(request.body.for, deps.now());
      await deps.engine.muteAlert(actOf(request), request.params.id, until);
      return { ok: true };
    },
  );

  app.post<{ Body: ReasonBody }>(
    "/alerts/test",
    {
      schema: {
        tags,
        summary: "Send a test to every channel that alerts are told to",
        body: ReasonBody,
        response: {
          200: Type.Object({
            items: Type.Array(Type.Object({ to: Type.String(), failure: nullable(FailureSchema) })),
          }),
          ...problems(415),
        },
      },
    },
    async (request) => {
      const told = await deps.engine.testAlerts(actOf(request));
      return {
        items: told.map(({ to, failure }) => ({ to, failure: presentFailure(failure) })),
      };
    },
  );
}

function untilOf(written: string | undefined, now: number): number | null {
  if (written === undefined) return null;
  const lasts = parseDuration(written);
  if (lasts === undefined) throw new HubError("TL_USAGE", "`for` is no duration such as 30m or 2h");
  return now + lasts;
}

function presentAlert(row: AlertRow) {
  const { since, firedAt, resolvedAt, acknowledgedAt, mutedUntil, ...rest } = row;
  return {
    ...rest,
    state: resolvedAt === null ? "firing" : "resolved",
    since: time(since),
    firedAt: time(firedAt),
    resolvedAt: time(resolvedAt),
    acknowledgedAt: time(acknowledgedAt),
    mutedUntil: time(mutedUntil),
  };
}

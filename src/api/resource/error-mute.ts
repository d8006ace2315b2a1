import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { parseDuration } from "../../config/duration.ts";
import type { FailingGroup } from "../../control/engine.ts";
import { HubError } from "../../errors.ts";
import { causeOf } from "../../message/cause.ts";
import { actOf } from "../act.ts";
import { CauseText } from "../cause.ts";
import type { ApiDeps } from "../deps.ts";
import { closed, Moment, momentOf, problems, ReasonBody } from "../schema.ts";

const tags = ["messages"];
const Params = closed({ fingerprint: CauseText });
const UnmuteBody = closed({ flow: Type.String({ maxLength: 128 }), ...ReasonBody.properties });
const MuteBody = closed({
  ...UnmuteBody.properties,
  for: Type.Optional(Type.String({ maxLength: 16, description: "How long, such as 30m, 1h or 2d" })),
  until: Type.Optional(Moment),
  untilChanged: Type.Optional(
    Type.Boolean({ description: "Until another version of the flow is in force than now" }),
  ),
});
type MuteBody = Static<typeof MuteBody>;
const Done = Type.Object({ ok: Type.Boolean() });

/** What is known to fail needs nobody for a while: it leaves what needs a person, and its alerts. */
export async function errorMuteRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const find = async (flow: string, fingerprint: string): Promise<FailingGroup> => {
    const cause = causeOf(fingerprint);
    const { items } = await deps.queries.messages({ flow, cause }, { before: null, limit: 1 });
    if (items.length === 0) throw new HubError("TL_NOT_FOUND", "nothing of the flow fails for this cause");
    return { flow, ...cause };
  };

  app.post<{ Params: Static<typeof Params>; Body: MuteBody }>(
    "/error-groups/:fingerprint/mute",
    {
      schema: {
        tags,
        summary: "A cause of errors needs nobody for a time, until a time, or until the flow changes",
        params: Params,
        body: MuteBody,
        response: { 200: Done, ...problems(404, 409, 415) },
      },
    },
    async (request) => {
      const { body, params } = request;
      const until = untilOf(body, deps.now());
      await deps.engine.muteErrors(actOf(request), await find(body.flow, params.fingerprint), until);
      return { ok: true };
    },
  );

  app.post<{ Params: Static<typeof Params>; Body: Static<typeof UnmuteBody> }>(
    "/error-groups/:fingerprint/unmute",
    {
      schema: {
        tags,
        summary: "A cause that was muted needs people again",
        params: Params,
        body: UnmuteBody,
        response: { 200: Done, ...problems(404, 409, 415) },
      },
    },
    async (request) => {
      const { body, params } = request;
      const group = { flow: body.flow, ...causeOf(params.fingerprint) };
      await deps.engine.unmuteErrors(actOf(request), group);
      return { ok: true };
    },
  );
}

/** Milliseconds since 1970; null: until the flow changes. @throws HubError TL_USAGE */
function untilOf({ for: lasts, until, untilChanged }: MuteBody, now: number): number | null {
  const given = [lasts, until, untilChanged === true ? true : undefined].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new HubError("TL_USAGE", "a mute lasts for a time, until a time, or until the flow changes", {
      cure: "Give exactly one of `for`, `until` and `untilChanged: true`.",
    });
  if (untilChanged === true) return null;
  const ends = lasts === undefined ? momentOf(until ?? now) : now + (parseDuration(lasts) ?? Number.NaN);
  if (Number.isNaN(ends)) throw new HubError("TL_USAGE", "`for` is no duration such as 30m, 1h or 2d");
  if (ends <= now) throw new HubError("TL_USAGE", "the mute would have ended already");
  return ends;
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance, FastifyReply } from "fastify";
import { HubError } from "../../errors.ts";
import { startSession } from "../access/sign-in.ts";
import type { ApiDeps } from "../deps.ts";
import { closed, problems } from "../schema.ts";
import { admitPerson } from "./admit-person.ts";
import { attemptCookie, attemptOf, endedAttemptCookie, ownPath } from "./attempt.ts";
import { failureOf } from "./failure.ts";
import type { Provider } from "./provider.ts";

const tags = ["session"];
const CALLBACK = "/session/oidc/callback";
const BeginQuery = closed({
  to: Type.Optional(
    Type.String({ maxLength: 1024, description: "The screen to be shown then, such as /errors" }),
  ),
});
const answer = {
  302: { description: "To the provider; back from it to a screen, or to `/?sign-in=` with the reason" },
  ...problems(404),
};

/** Signing in at the OpenID provider: a browser is sent there, and comes back with an answer to its question. */
export async function oidcRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  provider: Provider | null,
  base: () => string,
): Promise<void> {
  const configured = (): Provider => {
    if (provider !== null) return provider;
    throw new HubError("TL_NOT_FOUND", "nobody signs in at a provider here", {
      cure: "Set `oidc` in tieline.yaml.",
    });
  };
  const redirect = (): string => `${base()}/api/v1${CALLBACK}`;
  /** Of all that can go wrong the page is told what its reader can do about it; the rest is in the hub's log. */
  const sendBack = (reply: FastifyReply, error: unknown) => {
    const failure = failureOf(error);
    if (failure.code !== "TL_FORBIDDEN")
      deps.logger.warn({ code: failure.code, failure: failure.message }, "a sign-in at the provider failed");
    return reply.redirect(`/?sign-in=${REASONS[failure.code] ?? "failed"}`, 302);
  };

  app.get<{ Querystring: Static<typeof BeginQuery> }>(
    "/session/oidc",
    {
      schema: {
        tags,
        security: [],
        summary: "Sign a browser in at the OpenID provider",
        querystring: BeginQuery,
        response: answer,
      },
    },
    async (request, reply) => {
      const to = configured();
      // Who came by another name of this machine would miss the cookie when the provider sends them to ours.
      if (deps.settings.publicUrl === null && request.headers.host !== new URL(base()).host)
        return reply.redirect(`${base()}${request.url}`, 302);
      try {
        const { url, attempt } = await to.begin(redirect(), ownPath(request.query.to ?? "/"));
        reply.header("set-cookie", attemptCookie(attempt, isSecure(base())));
        return reply.redirect(url, 302);
      } catch (error) {
        return sendBack(reply, error);
      }
    },
  );

  app.get(
    CALLBACK,
    {
      schema: {
        tags,
        security: [],
        summary: "Where the OpenID provider sends a browser back to",
        response: answer,
      },
    },
    async (request, reply) => {
      const from = configured();
      const secure = isSecure(base());
      const attempt = attemptOf(request.headers, secure);
      reply.header("set-cookie", endedAttemptCookie(secure));
      try {
        if (attempt === undefined)
          throw new HubError("TL_UNAUTHORIZED", "this browser did not ask to sign in, or took too long");
        const person = await from.prove(new URL(`${redirect()}${queryOf(request.url)}`), attempt);
        await startSession(deps, await admitPerson(deps, person), reply, secure);
      } catch (error) {
        return sendBack(reply, error);
      }
      return reply.redirect(attempt.to, 302);
    },
  );
}

const REASONS: Readonly<Partial<Record<HubError["code"], string>>> = {
  TL_TARGET_UNAVAILABLE: "away",
  TL_FORBIDDEN: "refused",
};

/** Whether browsers come by https, as the address they are told says. */
function isSecure(base: string): boolean {
  return base.startsWith("https:");
}

function queryOf(url: string): string {
  const at = url.indexOf("?");
  return at === -1 ? "" : url.slice(at);
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HubError } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { closed, oneOf, problems } from "../schema.ts";
import { endedCookie, hasSession, sessionCookie } from "../session.ts";
import { sameToken } from "../token.ts";

const tags = ["session"];
const Session = Type.Object({
  signedIn: Type.Boolean(),
  auth: oneOf(["token", "none"], "How the hub knows who asks"),
});
const TokenBody = closed({ token: Type.String({ minLength: 1, maxLength: 256 }) });

/** How a browser signs in: it shows the token once, and keeps a cookie that no script can read. */
export async function sessionRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const { auth } = deps.settings;
  app.get(
    "/session",
    {
      schema: {
        tags,
        security: [],
        summary: "Whether this browser is signed in",
        response: { 200: Session, ...problems() },
      },
    },
    async (request) => ({ signedIn: auth === "none" || hasSession(request, deps.token, deps.now()), auth }),
  );
  app.post<{ Body: Static<typeof TokenBody> }>(
    "/session",
    {
      schema: {
        tags,
        security: [],
        summary: "Sign a browser in: the answer sets a cookie",
        body: TokenBody,
        response: { 200: Session, ...problems(415) },
      },
    },
    async (request, reply) => {
      if (auth === "token" && !sameToken(request.body.token, deps.token)) {
        throw new HubError("TL_UNAUTHORIZED", "this is not the token of the hub", {
          cure: "The token is in the hub's data folder, file api-token; the first start printed it.",
        });
      }
      reply.header("set-cookie", sessionCookie(deps.token, deps.now(), isSecure(request)));
      return { signedIn: true, auth };
    },
  );
  app.delete(
    "/session",
    {
      schema: {
        tags,
        security: [],
        summary: "Sign this browser out",
        response: { 200: Session, ...problems() },
      },
    },
    async (request, reply) => {
      reply.header("set-cookie", endedCookie(isSecure(request)));
      return { signedIn: auth === "none", auth };
    },
  );
}

/** The hub speaks plain HTTP; what stands before it and speaks https leaves the page's own address in Origin. */
function isSecure(request: FastifyRequest): boolean {
  return (request.headers.origin ?? "").startsWith("https://");
}

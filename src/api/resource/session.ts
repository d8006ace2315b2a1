import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HubError } from "../../errors.ts";
import { may, PERMISSIONS, type Permission, type Principal } from "../../message/permission.ts";
import { browserUser, OWNER } from "../access/identify.ts";
import { hashPassword } from "../access/password.ts";
import { secretHash } from "../access/secret.ts";
import { isSecure, provePassword, startSession } from "../access/sign-in.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import type { Provider } from "../oidc/provider.ts";
import { closed, nullable, oneOf, problems } from "../schema.ts";
import { endedCookie, isOwnAct, sessionCookie, sessionOf, tokenSessionEnd } from "../session.ts";
import { sameToken } from "../token.ts";
import { NewPassword, Role } from "./user.ts";

const tags = ["session"];
const ALL = Object.keys(PERMISSIONS) as Permission[];

const Session = Type.Object({
  signedIn: Type.Boolean(),
  auth: oneOf(["token", "none"], "How the hub knows who asks"),
  user: nullable(
    Type.Object({
      name: nullable(Type.String({ description: "Null: signed in with the hub's own token" })),
      password: Type.Boolean({ description: "Whether the user has a password here, which it may change" }),
      role: Role,
      permissions: Type.Array(oneOf(ALL, "What the role and the user's own rights allow")),
    }),
  ),
  users: Type.Boolean({ description: "False: nobody has an account yet, so the token is the way in" }),
  provider: nullable(
    Type.Object(
      {
        label: Type.String(),
        there: Type.Boolean({ description: "Whether it answered the hub the last time it was asked" }),
      },
      { description: "The OpenID provider at which people sign in: GET /session/oidc" },
    ),
  ),
});
const SignedOut = Type.Object({
  ...Session.properties,
  leave: nullable(Type.String({ description: "Where the browser signs out of the OpenID provider too" })),
});
const Given = Type.Union([
  closed({ token: Type.String({ minLength: 1, maxLength: 256 }) }),
  closed({
    name: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 256 }),
  }),
]);

/** How a browser signs in: it shows a password or the token once, and keeps a cookie that no script can read. */
export async function sessionRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  provider: Provider | null,
  base: () => string,
): Promise<void> {
  const { auth } = deps.settings;
  const present = async (principal: Principal | undefined) => ({
    signedIn: principal !== undefined,
    auth,
    user: principal === undefined ? null : await presentUser(deps, principal),
    users: (await deps.queries.access.users()).length > 0,
    provider: provider === null ? null : { label: provider.label, there: provider.isThere() },
  });
  const answer = { 200: Session, ...problems() };
  app.get(
    "/session",
    { schema: { tags, security: [], summary: "Who is signed in with this browser", response: answer } },
    async (request) => present(auth === "none" ? OWNER : await browserUser(request, deps)),
  );
  app.post<{ Body: Static<typeof Given> }>(
    "/session",
    {
      schema: {
        tags,
        security: [],
        summary: "Sign a browser in: the answer sets a cookie",
        body: Given,
        response: { ...answer, ...problems(415) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if ("token" in body) {
        requireOwnToken(deps, body.token);
        reply.header("set-cookie", sessionCookie(deps.token, deps.now(), isSecure(request)));
        return present(OWNER);
      }
      const name = await provePassword(deps, body.name, body.password);
      await startSession(deps, name, reply, isSecure(request));
      const user = await deps.queries.access.user(name);
      return present(user);
    },
  );
  app.delete(
    "/session",
    {
      schema: {
        tags,
        security: [],
        summary: "Sign this browser out",
        response: { ...answer, 200: SignedOut },
      },
    },
    async (request, reply) => {
      if (sessionOf(request.headers) !== "" && !isOwnAct(request))
        throw new HubError("TL_UNAUTHORIZED", "the request comes from a page that is not the hub's own");
      reply.header("set-cookie", endedCookie(isSecure(request)));
      const name = await endSession(deps, request);
      const user = name === undefined ? undefined : await deps.queries.access.user(name);
      const leaves = provider !== null && user !== undefined && user.subject !== null;
      return {
        ...(await present(auth === "none" ? OWNER : undefined)),
        leave: leaves ? await provider.leave(`${base()}/`) : null,
      };
    },
  );
}

const PasswordBody = closed({
  current: Type.String({ minLength: 1, maxLength: 256 }),
  password: NewPassword,
});

/** What users change about themselves. */
export async function ownSessionRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.post<{ Body: Static<typeof PasswordBody> }>(
    "/session/password",
    {
      schema: {
        tags,
        summary: "Change the own password; signs the user out everywhere else",
        body: PasswordBody,
        response: { 200: Type.Object({ changed: Type.Boolean() }), ...problems(409, 415) },
      },
    },
    async (request, reply) => {
      const name = request.principal?.name ?? "";
      const user = await deps.queries.access.user(name);
      if (user === undefined || user.hash === null)
        throw new HubError("TL_CONFLICT", "whoever asks has no password here");
      await provePassword(deps, name, request.body.current);
      const hash = await hashPassword(request.body.password);
      await deps.engine.changeAccess(actOf(request), { kind: "set-password", name, hash });
      await startSession(deps, name, reply, isSecure(request));
      return { changed: true };
    },
  );
}

/** @throws HubError TL_UNAUTHORIZED */
function requireOwnToken({ settings, token }: ApiDeps, given: string): void {
  if (settings.auth === "none" || sameToken(given, token)) return;
  throw new HubError("TL_UNAUTHORIZED", "this is not the token of the hub", {
    cure: "The token is in the hub's data folder, file api-token; the first start printed it.",
  });
}

/** Ends the session that a browser shows, if any, in the store: a copy of its cookie opens nothing any more. @returns the user */
async function endSession(deps: ApiDeps, { headers }: FastifyRequest): Promise<string | undefined> {
  const hash = secretHash(sessionOf(headers));
  const until = tokenSessionEnd(headers, deps.token);
  if (until !== undefined && until > deps.now()) {
    const { name } = OWNER;
    const by = { actor: "dashboard", reason: null };
    await deps.engine.changeAccess(by, { kind: "end-token-session", name, session: hash, until });
    return undefined;
  }
  const session = await deps.queries.access.session(hash);
  if (session === undefined) return undefined;
  const { user: name } = session;
  await deps.engine.changeAccess({ actor: name, reason: null }, { kind: "sign-out", name, session: hash });
  return name;
}

async function presentUser({ queries }: ApiDeps, principal: Principal) {
  const { name, role } = principal;
  const user = name === OWNER.name ? undefined : await queries.access.user(name);
  return {
    name: name === OWNER.name ? null : name,
    password: user !== undefined && user.hash !== null,
    role,
    permissions: ALL.filter((permission) => may(principal, permission)),
  };
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import { USER_ROLES } from "../../message/permission.ts";
import type { UserRow } from "../../store/access-table.ts";
import { hashPassword, LONGEST, SHORTEST } from "../access/password.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { closed, nullable, oneOf, problems, ReasonBody, Time } from "../schema.ts";

const tags = ["access"];
const Name = Type.String({
  pattern: "^[a-z0-9][a-z0-9._@-]{0,63}$",
  description: "Small letters, digits and . _ @ -; how the audit log names the person",
});
export const Role = oneOf(USER_ROLES, "What the user may do");
export const Payloads = Type.Boolean({ description: "Sees payloads and personal data whatever the role" });
export const NewPassword = Type.String({ minLength: SHORTEST, maxLength: LONGEST });

/** Names that the audit log gives to what is no user. */
export const TAKEN: readonly string[] = ["api", "cli", "dashboard", "system"];

const User = Type.Object({
  name: Type.String(),
  role: Role,
  payloads: Payloads,
  disabled: Type.Boolean(),
  signsInBy: oneOf(["password", "provider"], "Where the user proves who it is"),
  lockedUntil: nullable(Time),
  createdAt: Time,
  signedInAt: nullable(Time),
});

const NameParams = closed({ name: Name });
const NewUser = closed({
  name: Name,
  password: NewPassword,
  role: Role,
  payloads: Type.Optional(Payloads),
  ...ReasonBody.properties,
});
const Change = closed({
  role: Type.Optional(Role),
  payloads: Type.Optional(Payloads),
  disabled: Type.Optional(Type.Boolean({ description: "True also signs the user out everywhere" })),
  ...ReasonBody.properties,
});
const PasswordBody = closed({ password: NewPassword, ...ReasonBody.properties });

/** The people who may use the hub. */
export async function userRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const { engine } = deps;
  app.get(
    "/users",
    {
      schema: {
        tags,
        summary: "All users",
        response: { 200: Type.Object({ items: Type.Array(User) }), ...problems() },
      },
    },
    async () => ({ items: (await deps.queries.access.users()).map((user) => present(user, deps.now())) }),
  );

  app.post<{ Body: Static<typeof NewUser> }>(
    "/users",
    {
      schema: {
        tags,
        summary: "Add a user who signs in with a password",
        body: NewUser,
        response: { 200: User, ...problems(409, 415) },
      },
    },
    async (request) => {
      const { name, password, role, payloads = false } = request.body;
      if (TAKEN.includes(name))
        throw new HubError("TL_CONFLICT", `the audit log uses the name ${name} itself`);
      const hash = await hashPassword(password);
      const user = { name, hash, role, payloads, subject: null };
      await engine.changeAccess(actOf(request), { kind: "add-user", ...user });
      return shown(deps, name);
    },
  );

  app.post<{ Params: Static<typeof NameParams>; Body: Static<typeof Change> }>(
    "/users/:name",
    {
      schema: {
        tags,
        summary: "Change what a user may do",
        params: NameParams,
        body: Change,
        response: { 200: User, ...problems(404, 415) },
      },
    },
    async (request) => {
      const { reason: _, ...change } = request.body;
      const { name } = request.params;
      await engine.changeAccess(actOf(request), { kind: "change-user", name, ...change });
      return shown(deps, name);
    },
  );

  app.post<{ Params: Static<typeof NameParams>; Body: Static<typeof PasswordBody> }>(
    "/users/:name/password",
    {
      schema: {
        tags,
        summary: "Give a user another password; ends the user's sessions and a lock-out",
        params: NameParams,
        body: PasswordBody,
        response: { 200: User, ...problems(404, 415) },
      },
    },
    async (request) => {
      const { name } = request.params;
      const hash = await hashPassword(request.body.password);
      await engine.changeAccess(actOf(request), { kind: "set-password", name, hash });
      return shown(deps, name);
    },
  );
}

async function shown(deps: ApiDeps, name: string): Promise<Static<typeof User>> {
  const user = await deps.queries.access.user(name);
  if (user === undefined) throw new HubError("TL_NOT_FOUND", "there is no user of this name");
  return present(user, deps.now());
}

/** Never with the hash. */
function present(user: UserRow, now: number): Static<typeof User> {
  const { name, role, payloads, disabled, lockedUntil } = user;
  return {
    ...{ name, role, payloads, disabled },
    signsInBy: user.hash === null ? "provider" : "password",
    lockedUntil: lockedUntil !== null && lockedUntil > now ? time(lockedUntil) : null,
    createdAt: time(user.createdAt),
    signedInAt: time(user.signedInAt),
  };
}

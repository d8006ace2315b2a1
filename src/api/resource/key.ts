import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import type { KeyRow } from "../../store/access-table.ts";
import { newKey } from "../access/secret.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { closed, nullable, problems, ReasonBody, Time } from "../schema.ts";
import { Payloads, Role } from "./user.ts";

const tags = ["access"];
const Key = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  payloads: Payloads,
  createdAt: Time,
  usedAt: nullable(Type.String({ format: "date-time", description: "To the minute" })),
  revokedAt: nullable(Time),
});
const NewKey = closed({
  name: Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$",
    description: "How the audit log names what uses it",
  }),
  role: Role,
  payloads: Type.Optional(Payloads),
  ...ReasonBody.properties,
});
const IdParams = closed({ id: Type.String({ pattern: "^[0-9a-f]{12}$" }) });

/** What programs and agents' desks prove themselves with, each with a role of its own. */
export async function keyRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get(
    "/keys",
    {
      schema: {
        tags,
        summary: "All API keys, without what proves them",
        response: { 200: Type.Object({ items: Type.Array(Key) }), ...problems() },
      },
    },
    async () => ({ items: (await deps.queries.access.keys()).map(present) }),
  );

  app.post<{ Body: Static<typeof NewKey> }>(
    "/keys",
    {
      schema: {
        tags,
        summary: "Make an API key; it is shown this once",
        body: NewKey,
        response: {
          200: Type.Composite([Key, Type.Object({ key: Type.String({ description: "Kept nowhere" }) })]),
          ...problems(415),
        },
      },
    },
    async (request) => {
      const { name, role, payloads = false } = request.body;
      const { id, key, hash } = newKey();
      await deps.engine.changeAccess(actOf(request), { kind: "add-key", id, name, hash, role, payloads });
      return { ...(await shown(deps, id)), key };
    },
  );

  app.post<{ Params: Static<typeof IdParams>; Body: ReasonBody }>(
    "/keys/:id/revoke",
    {
      schema: {
        tags,
        summary: "Revoke an API key, at once and for good",
        params: IdParams,
        body: ReasonBody,
        response: { 200: Key, ...problems(404, 415) },
      },
    },
    async (request) => {
      const { id } = request.params;
      await deps.engine.changeAccess(actOf(request), { kind: "revoke-key", id });
      return shown(deps, id);
    },
  );
}

async function shown(deps: ApiDeps, id: string): Promise<Static<typeof Key>> {
  const key = await deps.queries.access.key(id);
  if (key === undefined) throw new HubError("TL_NOT_FOUND", "there is no key of this id");
  return present(key);
}

/** Never with the hash. */
function present({ id, name, role, payloads, createdAt, usedAt, revokedAt }: KeyRow): Static<typeof Key> {
  const times = { createdAt: time(createdAt), usedAt: time(usedAt), revokedAt: time(revokedAt) };
  return { id, name, role, payloads, ...times };
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { verifyChain } from "../../store/audit-chain.ts";
import type { ApiDeps } from "../deps.ts";
import { pageFrom, presentPage, time } from "../present.ts";
import { Count, closed, nullable, PageQuery, pageOf, problems, Time } from "../schema.ts";

const tags = ["hub"];

const Entry = Type.Object({
  id: Type.Integer(),
  at: Time,
  actor: Type.String(),
  act: Type.String(),
  target: Type.String(),
  detail: nullable(Type.String()),
  reason: nullable(Type.String()),
  hash: nullable(
    Type.String({ description: "Seals it and all before it; null: written before entries were chained" }),
  ),
});

const Report = Type.Object({
  entries: Count,
  unsealed: Type.Integer({ minimum: 0, description: "Written before entries were chained" }),
  head: nullable(
    Type.String({ description: "Hash of the last entry: note it elsewhere, and ask for it later" }),
  ),
  brokenAt: nullable(Type.Integer({ description: "The first entry that does not fit what is before it" })),
  knows: nullable(Type.Boolean({ description: "Whether `head` of the query is still in the chain" })),
});

/** The audit log, and whether anybody has tampered with it. */
export async function auditRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const ListQuery = closed(PageQuery);
  app.get<{ Querystring: Static<typeof ListQuery> }>(
    "/audit",
    {
      schema: {
        tags,
        summary: "What people and tokens did, newest first",
        querystring: ListQuery,
        response: { 200: pageOf(Entry), ...problems() },
      },
    },
    async ({ query }) =>
      presentPage(await deps.queries.audit(pageFrom(query)), (entry) => ({ ...entry, at: time(entry.at) })),
  );

  const VerifyQuery = closed({
    head: Type.Optional(
      Type.String({ pattern: "^[0-9a-f]{64}$", description: "`head` of an earlier answer" }),
    ),
  });
  app.get<{ Querystring: Static<typeof VerifyQuery> }>(
    "/audit/verify",
    {
      schema: {
        tags,
        summary: "Whether each entry of the audit log fits what is before it",
        querystring: VerifyQuery,
        response: { 200: Report, ...problems() },
      },
    },
    async ({ query }) =>
      verifyChain((after, limit) => deps.queries.auditChain(after, limit), query.head ?? null),
  );
}

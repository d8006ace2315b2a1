import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { BUNDLE_STATES } from "../../store/bundle-table.ts";
import type { BundleSummary } from "../../store/queries.ts";
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
  Time,
} from "../schema.ts";

const StateOfBundle = oneOf(
  BUNDLE_STATES,
  "open: it is gathered; fixed: it is to be written, the same each time",
);

const WrittenFile = Type.Object({
  id: Type.Integer(),
  flow: Type.String(),
  to: Type.String({ description: "The route, as system.sink" }),
  slot: Time,
  part: Type.Integer({ minimum: 1, description: "A slot has several where more came than a file may hold" }),
  closes: Type.Boolean({ description: "It is the last one of its slot" }),
  state: StateOfBundle,
  rows: Count,
  answer: nullable(Type.String({ description: "The name of the file and its size, once it is written" })),
  failure: nullable(FailureSchema),
  startedAt: Time,
  finishedAt: nullable(Time),
});

const ListQuery = closed({
  ...PageQuery,
  flow: Type.Optional(Type.String({ maxLength: 128 })),
  state: Type.Optional(StateOfBundle),
});

/** Files that routes with `collect` have written, or are to write. */
export async function writtenFileRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof ListQuery> }>(
    "/written-files",
    {
      schema: {
        tags: ["files"],
        summary: "List files of routes that collect, newest first",
        querystring: ListQuery,
        response: { 200: pageOf(WrittenFile), ...problems(404) },
      },
    },
    async ({ query: { cursor, limit, ...filter } }) =>
      presentPage(await deps.queries.bundles(filter, pageFrom({ cursor, limit })), present),
  );
}

function present({ id, flow, to, part, closes, state, rows, answer, ...bundle }: BundleSummary) {
  return {
    ...{ id, flow, to, part, closes, state, rows, answer },
    slot: time(bundle.slot),
    failure: presentFailure(bundle.failure),
    startedAt: time(bundle.startedAt),
    finishedAt: time(bundle.finishedAt),
  };
}

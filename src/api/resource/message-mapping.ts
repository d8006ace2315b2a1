import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { asHubError, HubError, toFailure } from "../../errors.ts";
import { compileFlow } from "../../flow/compile.ts";
import { fieldOrigins } from "../../flow/field-origins.ts";
import { type Met, mapAlone } from "../../flow/map-alone.ts";
import type { MessageDetail } from "../../store/queries.ts";
import { notePayload } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { findMessage, MessageParams } from "../find-message.ts";
import { presentFailure } from "../present.ts";
import { FailureSchema, nullable, oneOf, problems } from "../schema.ts";
import { readRecord } from "../workbench/flow-mapping.ts";
import { flowOfMessage, type MessageFlow } from "../workbench/message-flow.ts";

const Field = Type.Object({
  path: Type.String({ description: "JSON pointer; `*` is an item, `**` anything at or below" }),
  set: oneOf(["always", "sometimes", "unknown"], "Whether every record gets it"),
  line: nullable(Type.Integer()),
  column: nullable(Type.Integer()),
  text: nullable(Type.String({ description: "The line of the mapping that sets it" })),
  sources: Type.Array(
    Type.Object({
      path: Type.String(),
      role: oneOf(["value", "decides"], "Stands in the field, or decides what does"),
    }),
  ),
});

const Mapped = Type.Object({
  version: Type.Object({ hash: Type.String(), inForce: Type.Boolean() }),
  mapping: nullable(Type.String({ description: "Path of the mapping; null: records cross as they are" })),
  record: Type.Unknown({ description: "As the flow decodes it; null when it cannot be" }),
  mapped: Type.Unknown({ description: "Null when there is none; `failure` tells why" }),
  routes: Type.Array(Type.String(), { description: "Whose `when` holds" }),
  lookUps: Type.Integer({ minimum: 0, description: "Look-ups made; here they find nobody" }),
  failure: nullable(FailureSchema),
  fields: Type.Array(Field),
  read: Type.Array(Type.String(), { description: "Paths of the record that the flow reads" }),
  milliseconds: Type.Number(),
});

/** What the mapping makes of a stored message, and where each field of that comes from. */
export async function messageMappingRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Params: MessageParams }>(
    "/messages/:id/mapped",
    {
      schema: {
        tags: ["messages"],
        summary:
          "What the mapping makes of a message, by the version it goes by, with the origin of each field",
        params: MessageParams,
        response: { 200: Mapped, ...problems(404, 413) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const message = await findMessage(deps, id);
      const flow = await flowOfMessage(deps, message);
      await notePayload(deps, request, id, { what: "as mapped" });
      return mapAgain(deps, message, flow);
    },
  );
}

async function mapAgain(deps: ApiDeps, message: MessageDetail, { definition, ...version }: MessageFlow) {
  const flow = compileFlow(definition);
  const { targets, read } = fieldOrigins(definition);
  const lines = (definition.map === null ? "" : (definition.texts[definition.map] ?? "")).split(/\r?\n/);
  const base = {
    version: { hash: version.hash, inForce: version.inForce },
    mapping: definition.map,
    fields: targets.map(({ path, set, place: { line = null, column = null }, sources }) => ({
      ...{ path, set, sources, line, column },
      text: definition.map === null || line === null ? null : (lines[line - 1] ?? null),
    })),
    read: [...new Set(read)],
  };
  const nothing = { record: null, mapped: null, routes: [], lookUps: 0, milliseconds: 0 };
  let met: Met | null;
  try {
    met = await readRecord(deps, flow.format, message);
  } catch (thrown) {
    return { ...base, ...nothing, failure: presentFailure(toFailure(asHubError(thrown))) };
  }
  if (met === null)
    throw new HubError("TL_BODY_TOO_LARGE", "the message is too long to be mapped for a page", {
      cure: "Download it, and try it with `tieline try`.",
    });
  const started = performance.now();
  const found = mapAlone(flow, met);
  const milliseconds = performance.now() - started;
  if ("error" in found) {
    const failure = presentFailure(toFailure(found.error));
    return { ...base, ...nothing, record: met.value, failure, milliseconds };
  }
  const { mapped, routes, asked } = found;
  return {
    ...{ ...base, record: met.value, mapped, routes: [...routes], lookUps: asked.length, failure: null },
    milliseconds,
  };
}

import { hash } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { asHubError, HubError, toFailure } from "../../errors.ts";
import { compileFlow } from "../../flow/compile.ts";
import { decoded, hasApplied, requireWhole } from "../../flow/edited-copy.ts";
import { mapAlone } from "../../flow/map-alone.ts";
import { encodeText } from "../../format/encode-text.ts";
import { messageId } from "../../message/id.ts";
import type { MessageDetail } from "../../store/queries.ts";
import { actOf, notePayload, requirePayloads } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { findMessage, MessageParams } from "../find-message.ts";
import { presentFailure } from "../present.ts";
import { closed, FailureSchema, nullable, problems, ReasonBody } from "../schema.ts";
import { flowInForce } from "../workbench/message-flow.ts";

const tags = ["replay"];
/** A body of a megabyte, as base64 in JSON, with room. */
const BODY_LIMIT = 4 * 1024 * 1024;

const body = {
  text: Type.Optional(
    Type.String({ description: "The edited body as text; it is written in the encoding of the flow" }),
  ),
  base64: Type.Optional(Type.String({ description: "The edited body as bytes, instead of a text" })),
};
const PlanBody = closed(body);
const EditBody = closed({
  ...body,
  allowStale: Type.Optional(
    Type.Boolean({ description: "Also when something newer of its key has been applied since" }),
  ),
  ...ReasonBody.properties,
});

const Plan = Type.Object({
  bytes: Type.Integer({ minimum: 0 }),
  before: nullable(
    Type.String({ description: "SHA-256 of the body as received; null when it is kept no more" }),
  ),
  after: Type.String({ description: "SHA-256 of the edited body" }),
  key: nullable(Type.String()),
  keyBefore: nullable(Type.String()),
  routes: Type.Array(Type.String(), { description: "Whose `when` holds" }),
  mapped: Type.Unknown({ description: "By the version in force; null when there is none" }),
  failure: nullable(FailureSchema),
  newer: nullable(Type.String({ description: "A newer message of the key that took effect" })),
  heldBack: Type.Boolean({ description: "The original is parked and may hold its key back" }),
});

/** Replay of an edited copy: first what would come of it, then the act. */
export async function messageEditRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.post<{ Params: MessageParams; Body: Static<typeof PlanBody> }>(
    "/messages/:id/edited/plan",
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "What would come of an edited copy of a message; nothing is stored",
        params: MessageParams,
        body: PlanBody,
        response: { 200: Plan, ...problems(404, 409, 413, 415) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const message = await findMessage(deps, id);
      requireWhole(message.slice);
      await notePayload(deps, request, id, { what: "as edited" });
      return plan(deps, message, request.body);
    },
  );

  app.post<{ Params: MessageParams; Body: Static<typeof EditBody> }>(
    "/messages/:id/edited",
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "Replay an edited copy as a new message that names the original as its cause",
        params: MessageParams,
        body: EditBody,
        response: { 200: Type.Object({ id: Type.String() }), ...problems(404, 409, 413, 415) },
      },
    },
    async (request) => {
      requirePayloads(request);
      const { id } = request.params;
      const message = await findMessage(deps, id);
      requireWhole(message.slice);
      const bytes = bytesOf(request.body, compiledNow(deps, message).format.encoding);
      const edit = { body: bytes, allowStale: request.body.allowStale ?? false };
      return { id: await deps.engine.replayEdited(actOf(request), id, edit) };
    },
  );
}

function compiledNow(deps: ApiDeps, { flow }: MessageDetail) {
  return compileFlow(flowInForce(deps, flow).definition);
}

/** @throws HubError TL_USAGE */
function bytesOf({ text, base64 }: Static<typeof PlanBody>, encoding: string): Uint8Array {
  if ((text === undefined) === (base64 === undefined))
    throw new HubError("TL_USAGE", "give the edited body either as `text` or as `base64`");
  return text === undefined ? Buffer.from(base64 ?? "", "base64") : encodeText(text, encoding);
}

async function plan(deps: ApiDeps, message: MessageDetail, given: Static<typeof PlanBody>) {
  const flow = compiledNow(deps, message);
  const bytes = bytesOf(given, flow.format.encoding);
  const raw = await deps.queries.raw(message.place, null);
  const base = {
    bytes: bytes.byteLength,
    before: raw !== undefined && "body" in raw ? hash("sha256", raw.body, "hex") : null,
    after: hash("sha256", bytes, "hex"),
    keyBefore: message.key,
    heldBack: message.state === "parked",
    ...{ key: null, routes: [], mapped: null, newer: null },
  };
  try {
    const value = decoded({ compiled: flow, definition: flow.definition }, bytes);
    const info = { receivedAt: deps.now(), headers: message.headers, file: null, row: null };
    const key = flow.key(value, info);
    const found = { ...base, key, newer: await newerOf(deps, message, key) };
    const prepared = mapAlone(flow, { value, info });
    if ("error" in prepared) return { ...found, failure: presentFailure(toFailure(prepared.error)) };
    return { ...found, mapped: prepared.mapped, routes: [...prepared.routes], failure: null };
  } catch (thrown) {
    return { ...base, failure: presentFailure(toFailure(asHubError(thrown))) };
  }
}

/** Of the newest of its key, one that came after the message and took effect. */
async function newerOf(deps: ApiDeps, { flow, place, acceptedAt }: MessageDetail, key: string | null) {
  if (key === null) return null;
  const filter = { flow, key, since: acceptedAt };
  const { items } = await deps.queries.messages(filter, { before: null, limit: 50 });
  const newer = items.find((one) => one.place > place && hasApplied(one.outcomes));
  return newer === undefined ? null : messageId(newer.place);
}

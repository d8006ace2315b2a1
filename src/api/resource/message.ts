import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HubError } from "../../errors.ts";
import { causeOf } from "../../message/cause.ts";
import { deliveryId, messageId, parseMessageId } from "../../message/id.ts";
import { OUTCOMES, STATES, WITHOUT_EFFECT } from "../../message/outcome.ts";
import type { DeliveryDetail, MessageDetail, MessageFilter } from "../../store/queries.ts";
import { actOf, notePayload } from "../act.ts";
import { CauseText } from "../cause.ts";
import type { ApiDeps } from "../deps.ts";
import { findMessage, MessageParams } from "../find-message.ts";
import { keptNoMore } from "../kept-no-more.ts";
import { isMasked } from "../mask-customer.ts";
import { pageFrom, presentFailure, presentMessage, presentPage, time } from "../present.ts";
import {
  Code,
  Count,
  closed,
  FailureSchema,
  Moment,
  momentOf,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  problems,
  ReasonBody,
  StateText,
  Time,
} from "../schema.ts";
import { readSlice } from "../slice.ts";
import { timeline } from "../timeline.ts";
import { presentTries, TriesSchema, withoutAnswers } from "../tries.ts";

const FIRST_BYTES = 64 * 1024;
/** No body is longer: PostgreSQL keeps no value of more. */
const MOST_BYTES = 1024 ** 3;
const tags = ["messages"];
const Summary = Type.Object({
  id: Type.String(),
  flow: Type.String(),
  key: nullable(Type.String()),
  state: StateText,
  acceptedAt: Time,
  finishedAt: nullable(Time),
  attempts: Count,
  replay: Count,
  file: nullable(Type.Integer()),
  row: nullable(Type.Integer()),
  outcomes: Type.Record(Type.String(), Type.String(), { description: "Outcome by route" }),
  failure: nullable(FailureSchema),
});

const Filter = closed({
  ...PageQuery,
  flow: Type.Optional(Type.String({ maxLength: 128 })),
  to: Type.Optional(
    Type.String({
      maxLength: 256,
      description:
        "The route, as `system.sink`, that state, outcome and end are about; alone: what went there, or is on its way",
    }),
  ),
  state: Type.Optional(
    oneOf(
      [...STATES, "open", "rejected"],
      "`open`: all that is not done; `rejected` stands for outcome=rejected",
    ),
  ),
  outcome: Type.Optional(
    oneOf(
      [...OUTCOMES, "without-effect"],
      "How it ended on a route; `without-effect`: by any outcome that changes nothing, and is no failure",
    ),
  ),
  key: Type.Optional(Type.String({ maxLength: 1024 })),
  code: Type.Optional(Code),
  file: Type.Optional(Type.Integer({ minimum: 1 })),
  since: Type.Optional(Moment),
  until: Type.Optional(Moment),
  endedSince: Type.Optional(Moment),
  fingerprint: Type.Optional(CauseText),
});

const Delivery = Type.Object({
  id: Type.String(),
  sequence: Type.Integer({ description: "Rises with every delivery; names its body" }),
  to: Type.String(),
  state: StateText,
  outcome: nullable(Type.String()),
  replay: Count,
  attempts: Count,
  createdAt: Time,
  nextAt: nullable(Time),
  finishedAt: nullable(Time),
  failure: nullable(FailureSchema),
  answer: nullable(Type.String()),
  tries: TriesSchema,
  earlierTries: Type.Integer({ minimum: 0, description: "Attempts before those; at most 1,000 are counted" }),
  blockedBy: nullable(
    Type.Integer({ description: "Sequence of the delivery whose failure holds back this key" }),
  ),
});

const Detail = Type.Composite([
  Summary,
  Type.Object({
    ownState: StateText,
    system: Type.String(),
    event: nullable(Type.String()),
    contentType: nullable(Type.String()),
    headers: nullable(Type.Record(Type.String(), Type.String())),
    size: Count,
    raw: Type.String({ description: "Address of the bytes as received" }),
    place: nullable(
      Type.Object({
        file: Type.Integer(),
        name: nullable(Type.String()),
        row: Type.Integer(),
        line: Type.Integer(),
      }),
    ),
    cause: nullable(
      Type.String({
        description: "The message whose transform published this one, or that it is an edited copy of",
      }),
    ),
    edited: Type.Boolean({ description: "Whether it is an edited copy of its cause" }),
    nextAt: nullable(Time),
    traceparent: nullable(Type.String()),
    version: nullable(Type.Object({ id: Type.Integer(), hash: Type.String(), deployedAt: Time })),
    plan: nullable(Type.Object({ routes: Type.Array(Type.String()), allowStale: Type.Boolean() })),
    waitsBehind: Count,
    blocks: Count,
    blockedBy: nullable(Type.String()),
    deliveries: Type.Array(Delivery),
    trail: Type.Array(
      Type.Object({
        at: Time,
        step: Type.String(),
        route: nullable(Type.String()),
        detail: nullable(Type.String()),
      }),
    ),
  }),
]);

/** Messages: lists, one in full, its bytes, and what a person can do to it. */
export async function messageRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof Filter> }>(
    "/messages",
    {
      schema: {
        tags,
        summary: "List messages, newest first",
        querystring: Filter,
        response: { 200: pageOf(Summary), ...problems(404) },
      },
    },
    async ({ query }) =>
      presentPage(await deps.queries.messages(filterFrom(query), pageFrom(query)), presentMessage),
  );

  app.get<{ Params: MessageParams }>(
    "/messages/:id",
    {
      schema: {
        tags,
        summary: "Show one message with its history",
        params: MessageParams,
        response: { 200: Detail, ...problems(404) },
      },
    },
    async (request) => presentFor(request, await findMessage(deps, request.params.id)),
  );

  const RawQuery = closed({
    all: Type.Optional(Type.Boolean({ description: "Everything, not only the first 64 KiB" })),
  });
  app.get<{ Params: MessageParams; Querystring: Static<typeof RawQuery> }>(
    "/messages/:id/raw",
    {
      schema: {
        tags,
        summary: "The bytes as received, as a download",
        params: MessageParams,
        querystring: RawQuery,
        response: {
          200: {
            description: "The bytes",
            content: { "application/octet-stream": { schema: Type.String({ format: "binary" }) } },
          },
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const limit = query.all === true ? null : FIRST_BYTES;
      const place = parseMessageId(params.id);
      const raw = await deps.queries.raw(place, limit);
      if (raw === undefined) throw await keptNoMore(deps.queries, "messages", place, "message");
      await notePayload(deps, request, params.id, { what: "as received" });
      // Never shown by a browser as what it says it is: the sender chose these bytes.
      return reply
        .header("content-type", "application/octet-stream")
        .header("content-disposition", `attachment; filename="${params.id}.bin"`)
        .header("x-content-type-options", "nosniff")
        .header("tieline-size", String(raw.size))
        .serializer((bytes: Buffer) => bytes as never)
        .send(
          "body" in raw
            ? asBuffer(raw.body)
            : await readSlice(deps.settings.data, raw.text, raw.slice, limit),
        );
    },
  );

  const SentParams = closed({ ...MessageParams.properties, delivery: Type.Integer({ minimum: 1 }) });
  app.get<{ Params: Static<typeof SentParams>; Querystring: Static<typeof RawQuery> }>(
    "/messages/:id/deliveries/:delivery/body",
    {
      schema: {
        tags,
        summary: "What a delivery sends, as the mapping made it",
        params: SentParams,
        querystring: RawQuery,
        response: {
          200: {
            description: "The bytes",
            content: { "application/octet-stream": { schema: Type.String({ format: "binary" }) } },
          },
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const limit = query.all === true ? MOST_BYTES : FIRST_BYTES;
      const sent = await deps.queries.deliveryBody(params.delivery, limit);
      if (sent === undefined || messageId(sent.message) !== params.id)
        throw new HubError("TL_NOT_FOUND", "the message has no such delivery, or it is kept no more");
      await notePayload(deps, request, params.id, { what: "as sent", delivery: params.delivery });
      return reply
        .header("content-type", "application/octet-stream")
        .header("content-disposition", `attachment; filename="${params.id}-${params.delivery}.bin"`)
        .header("tieline-size", String(sent.size))
        .serializer((bytes: Buffer) => bytes as never)
        .send(asBuffer(sent.body));
    },
  );

  for (const [act, summary, run] of [
    ["park", "Take a message off its path, to wait for a person", deps.engine.park],
    ["discard", "End a parked message without effect; what waits behind it goes on", deps.engine.discard],
  ] as const) {
    app.post<{ Params: MessageParams; Body: ReasonBody }>(
      `/messages/:id/${act}`,
      {
        schema: {
          tags,
          summary,
          params: MessageParams,
          body: ReasonBody,
          response: { 200: Detail, ...problems(404, 409, 415) },
        },
      },
      async (request) => {
        await findMessage(deps, request.params.id);
        await run.call(deps.engine, actOf(request), request.params.id);
        return presentFor(request, await findMessage(deps, request.params.id));
      },
    );
  }
}

function filterFrom({
  since,
  until,
  endedSince,
  cursor: _,
  limit: __,
  state,
  outcome,
  fingerprint,
  ...rest
}: Static<typeof Filter>): MessageFilter {
  const end = state === "rejected" ? state : outcome;
  return {
    ...rest,
    ...(fingerprint === undefined ? {} : { cause: causeOf(fingerprint) }),
    ...(state === undefined || state === "rejected" ? {} : { state }),
    ...(end === undefined ? {} : { outcomes: end === "without-effect" ? WITHOUT_EFFECT : [end] }),
    ...(since === undefined ? {} : { since: momentOf(since) }),
    ...(until === undefined ? {} : { until: momentOf(until) }),
    ...(endedSince === undefined ? {} : { endedSince: momentOf(endedSince) }),
  };
}

function presentFor(request: FastifyRequest, message: MessageDetail) {
  return presentDetail(isMasked(request) ? withoutQuotes(message) : message);
}

/** What came with a message and what targets said of it may quote it, so they are for those who may see payloads. */
function withoutQuotes(message: MessageDetail): MessageDetail {
  return {
    ...message,
    headers: null,
    deliveries: message.deliveries.map((delivery) => ({
      ...delivery,
      answer: null,
      tries: withoutAnswers(delivery.tries),
    })),
  };
}

function presentDetail(message: MessageDetail) {
  const id = messageId(message.place);
  return {
    ...presentMessage(message),
    ownState: message.ownState,
    system: message.system,
    event: message.event,
    contentType: message.contentType,
    headers: message.headers,
    size: message.size,
    raw: `/api/v1/messages/${id}/raw`,
    place:
      message.slice === null
        ? null
        : {
            file: message.slice.file,
            name: message.fileName,
            row: message.slice.row,
            line: message.slice.line,
          },
    cause: message.cause === null ? null : messageId(message.cause),
    // What a flow publishes has come by a topic, which counts as a hop.
    edited: message.cause !== null && message.hops === 0,
    nextAt: time(message.nextAt),
    traceparent: message.traceparent,
    version:
      message.version === null ? null : { ...message.version, deployedAt: time(message.version.deployedAt) },
    plan: message.plan,
    waitsBehind: message.waitsBehind,
    blocks: message.blocks,
    blockedBy: message.blockedBy === null ? null : messageId(message.blockedBy),
    deliveries: message.deliveries.map((delivery) => presentDelivery(message.place, delivery)),
    trail: timeline(message).map((entry) => ({ ...entry, at: time(entry.at) })),
  };
}

function presentDelivery(place: number, delivery: DeliveryDetail) {
  return {
    ...delivery,
    sequence: delivery.id,
    id: deliveryId(place, delivery.to, delivery.replay),
    createdAt: time(delivery.createdAt),
    nextAt: time(delivery.nextAt),
    finishedAt: time(delivery.finishedAt),
    failure: presentFailure(delivery.failure),
    tries: presentTries(delivery.tries),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

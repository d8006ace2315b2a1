import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import type { Said, SaidBody } from "../../message/exchange.ts";
import { messageId } from "../../message/id.ts";
import type { KeptExchange } from "../../store/queries.ts";
import { notePayload } from "../act.ts";
import { asCurl } from "../curl.ts";
import type { ApiDeps } from "../deps.ts";
import { MessageParams } from "../find-message.ts";
import { isMasked } from "../mask-customer.ts";
import { Count, closed, Moment, momentOf, nullable, PageQuery, problems, TextCursor } from "../schema.ts";
import { presentTries, TriesSchema, tryPointOf, withoutAnswers } from "../tries.ts";

const tags = ["messages"];
const DeliveryParams = closed({
  ...MessageParams.properties,
  delivery: Type.Integer({ minimum: 1, description: "`sequence` of the delivery" }),
});
const ListQuery = closed({ limit: PageQuery.limit, cursor: TextCursor });
const Params = closed({ ...DeliveryParams.properties, attempt: Type.Integer({ minimum: 0 }) });
const When = closed({ startedAt: Moment });

const SaidSchema = Type.Object({
  line: Type.String({ description: "Such as `POST https://billing.example.com/customers`, or `503`" }),
  fields: Type.Record(Type.String(), Type.String(), { description: "Headers, properties or arguments" }),
  body: nullable(
    Type.Object({
      text: Type.String({ description: "Its beginning, at most 64 KiB" }),
      size: nullable(Type.Integer({ minimum: 0, description: "Bytes of the whole; null: not known" })),
    }),
  ),
});

const ExchangeSchema = Type.Object({
  attempt: Count,
  sent: SaidSchema,
  answered: nullable(SaidSchema),
  curl: nullable(
    Type.String({ description: "The request as a command; what was hidden is a variable of the shell" }),
  ),
});

/** The attempts of a delivery, and what one of them sent and what came back. */
export async function messageAttemptRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Params: Static<typeof DeliveryParams>; Querystring: Static<typeof ListQuery> }>(
    "/messages/:id/deliveries/:delivery/attempts",
    {
      schema: {
        tags,
        summary: "List the attempts of a delivery, newest first",
        params: DeliveryParams,
        querystring: ListQuery,
        response: { 200: TriesSchema, ...problems(404) },
      },
    },
    async (request) => {
      const { id, delivery } = request.params;
      const { cursor, limit = 50 } = request.query;
      const before = cursor === undefined ? null : tryPointOf(cursor);
      const found = await deps.queries.attempts(delivery, { before, limit });
      if (found === undefined || messageId(found.message) !== id)
        throw new HubError("TL_NOT_FOUND", "the message has no such delivery, or it is kept no more");
      return presentTries(isMasked(request) ? withoutAnswers(found) : found);
    },
  );

  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof When> }>(
    "/messages/:id/deliveries/:delivery/attempts/:attempt",
    {
      schema: {
        tags,
        summary: "What was sent in an attempt and what came back, without secrets",
        description:
          "`startedAt` is that of the attempt, since attempts that are not counted share a number.",
        params: Params,
        querystring: When,
        response: { 200: ExchangeSchema, ...problems(404) },
      },
    },
    async (request) => {
      const { id, delivery, attempt } = request.params;
      const startedAt = momentOf(request.query.startedAt);
      const kept = await deps.queries.exchange({ delivery, attempt, startedAt });
      if (kept === undefined || messageId(kept.message) !== id)
        throw new HubError("TL_NOT_FOUND", "nothing is kept of what this attempt sent", {
          cure: "Either nothing was sent, or it was before the hub kept it.",
        });
      await notePayload(deps, request, id, { what: "as exchanged", delivery, attempt });
      return present(attempt, kept);
    },
  );
}

function present(attempt: number, kept: KeptExchange) {
  const { sent, answered } = kept.exchange;
  const shown = presentSaid(sent, kept);
  return {
    attempt,
    sent: shown,
    answered: answered === undefined ? null : presentSaid(answered, kept),
    curl: asCurl(shown),
  };
}

function presentSaid({ line, fields = {}, body }: Said, kept: KeptExchange) {
  return { line, fields, body: body === "delivery" ? bodyOf(kept) : (body ?? null) };
}

function bodyOf({ body, size }: KeptExchange): SaidBody {
  // Where it was cut within a character, that one is left out.
  return { text: new TextDecoder().decode(body, { stream: true }), size };
}

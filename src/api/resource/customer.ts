import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { ValueOrigin } from "../../crm/golden.ts";
import { HISTORY_ENTITIES } from "../../crm/history-change.ts";
import {
  byEmail,
  byExternalId,
  byPhone,
  type CustomerView,
  customerById,
  historyOf,
} from "../../crm/view.ts";
import type { HistoryPage } from "../../crm/view-history.ts";
import { search } from "../../crm/view-search.ts";
import { unassignedPage } from "../../crm/view-unassigned.ts";
import { HubError } from "../../errors.ts";
import { messageId } from "../../message/id.ts";
import type { Origin } from "../../store/origin.ts";
import { actOf } from "../act.ts";
import { requirePermission } from "../auth.ts";
import type { ApiDeps } from "../deps.ts";
import { isMasked, maskCustomer, maskHistory, maskName } from "../mask-customer.ts";
import { time } from "../present.ts";
import { AnyJson, closed, nullable, oneOf, problems, TextCursor, Time } from "../schema.ts";

const tags = ["customers"];
const IdParams = closed({
  id: Type.String({ pattern: "^(c-)?[1-9][0-9]{0,14}$", description: "Such as c-42" }),
});
type IdParams = Static<typeof IdParams>;

const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 20 }));

const OriginSchema = Type.Object({
  message: nullable(Type.String()),
  file: nullable(Type.Integer()),
  row: nullable(Type.Integer()),
  flowVersion: Type.Integer(),
  at: Time,
});
const JsonObjectSchema = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });
const HistoryEntry = Type.Object({
  entity: Type.String(),
  system: Type.String(),
  id: Type.String(),
  at: Time,
  possible: Type.Boolean({
    description: "Belongs to nobody yet, but came from a number or address of this customer",
  }),
  values: JsonObjectSchema,
  origin: OriginSchema,
});
const HistoryEntityName = oneOf(HISTORY_ENTITIES, "What it is; without it all");
const HistorySchema = Type.Object({ items: Type.Array(HistoryEntry), next: nullable(Type.String()) });

const Customer = Type.Object({
  id: Type.String(),
  name: nullable(Type.String()),
  status: nullable(Type.String()),
  alive: Type.Boolean({ description: "False: no system has a live record of it" }),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
  golden: JsonObjectSchema,
  provenance: Type.Unsafe<Record<string, unknown>>({
    type: "object",
    additionalProperties: true,
    description: "By field, where its value came from; for a list entry by entry",
  }),
  externalIds: Type.Array(
    Type.Object({
      system: Type.String(),
      id: Type.String(),
      version: AnyJson,
      deleted: Type.Boolean(),
      origin: OriginSchema,
    }),
  ),
  possibleMatches: Type.Array(
    Type.Object({
      id: Type.String(),
      name: nullable(Type.String()),
      by: Type.Array(Type.Object({ kind: Type.String(), value: Type.String() })),
    }),
  ),
  history: HistorySchema,
});

/** A line of a search by text; look-ups by an exact number, address or id give whole customers. */
const Found = Type.Object(
  { id: Type.String(), name: nullable(Type.String()), status: nullable(Type.String()), updatedAt: Time },
  { additionalProperties: true },
);

const SearchQuery = closed({
  limit: Limit,
  cursor: TextCursor,
  q: Type.Optional(
    Type.String({ minLength: 1, maxLength: 256, description: "Begin of a name, number, address or id" }),
  ),
  phone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: "In any spelling" })),
  country: Type.Optional(
    Type.String({ pattern: "^[A-Za-z]{2}$", description: "ISO 3166, for a number without prefix" }),
  ),
  email: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
  system: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "With `id`" })),
  id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 256, description: "The customer's id in `system`" }),
  ),
});

/** Customers as one view over all systems, with where each value came from. */
export async function customerRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof SearchQuery> }>(
    "/customers",
    {
      schema: {
        tags,
        summary: "Find customers by text, telephone, e-mail or a system's own id",
        querystring: SearchQuery,
        response: {
          200: Type.Object({ items: Type.Array(Found), next: nullable(Type.String()) }),
          ...problems(),
        },
      },
    },
    async (request) => findCustomers(deps, request.query, isMasked(request)),
  );

  const ShowQuery = closed({
    reveal: Type.Optional(
      Type.Boolean({ description: "Unmask personal data; needs `reveal`, and is written in the audit log" }),
    ),
  });
  app.get<{ Params: IdParams; Querystring: Static<typeof ShowQuery> }>(
    "/customers/:id",
    {
      schema: {
        tags,
        summary: "The unified customer with provenance; personal data masked for who may not see payloads",
        params: IdParams,
        querystring: ShowQuery,
        response: { 200: Customer, ...problems(404) },
      },
    },
    async (request) => {
      const id = prefixed(request.params.id);
      const view = (await customerById(deps.crm, id)) ?? notFound();
      if (!isMasked(request)) return presentCustomer(view);
      if (request.query.reveal !== true) return presentCustomer(maskCustomer(view));
      requirePermission(request.principal, "reveal");
      await deps.engine.note(actOf(request), "reveal", id, null);
      return presentCustomer(view);
    },
  );

  const HistoryQuery = closed({ limit: Limit, cursor: TextCursor });
  app.get<{ Params: IdParams; Querystring: Static<typeof HistoryQuery> }>(
    "/customers/:id/history",
    {
      schema: {
        tags,
        summary: "Interactions, invoices, orders and payments, newest first",
        params: IdParams,
        querystring: HistoryQuery,
        response: { 200: HistorySchema, ...problems(404) },
      },
    },
    async (request) => {
      const { params, query } = request;
      const found = await historyOf(deps.crm, prefixed(params.id), query.cursor ?? null, query.limit ?? 20);
      const page = found ?? notFound();
      return presentHistory(isMasked(request) ? maskHistory(page) : page);
    },
  );

  const UnassignedQuery = closed({
    entity: Type.Optional(HistoryEntityName),
    limit: Limit,
    cursor: TextCursor,
  });
  app.get<{ Querystring: Static<typeof UnassignedQuery> }>(
    "/unassigned",
    {
      schema: {
        tags,
        summary: "Payments, calls and mails that belong to nobody yet, newest first",
        querystring: UnassignedQuery,
        response: { 200: HistorySchema, ...problems() },
      },
    },
    async (request) => {
      const { entity = null, cursor = null, limit = 20 } = request.query;
      const page = await unassignedPage(deps.crm, entity, cursor, limit);
      return presentHistory(isMasked(request) ? maskHistory(page) : page);
    },
  );
}

async function findCustomers({ crm }: ApiDeps, query: Static<typeof SearchQuery>, masked: boolean) {
  const { q, phone, country, email, system, id, limit = 20, cursor = null } = query;
  const given = [q, phone, email, system ?? id].filter((one) => one !== undefined).length;
  if (given !== 1 || (system === undefined) !== (id === undefined)) {
    throw new HubError("TL_USAGE", "exactly one of `q`, `phone`, `email`, or `system` with `id` is needed");
  }
  const whole = (views: readonly CustomerView[]) => ({
    items: views.map((view) => presentCustomer(masked ? maskCustomer(view) : view)),
    next: null,
  });
  if (phone !== undefined) return whole(await byPhone(crm, phone, country, limit));
  if (email !== undefined) return whole(await byEmail(crm, email, limit));
  if (system !== undefined && id !== undefined) {
    const found = await byExternalId(crm, system, id);
    return whole(found === undefined ? [] : [found]);
  }
  const page = await search(crm, q ?? "", limit, cursor);
  const rows = await crm.customers(page.customers.map((one) => Number(one.id.slice(2))));
  const updated = new Map(rows.map((row) => [`c-${row.id}`, row.updatedAt]));
  return {
    items: page.customers.map((one) => ({
      ...one,
      name: masked ? maskName(one.name) : one.name,
      updatedAt: time(updated.get(one.id) ?? 0),
    })),
    next: page.cursor,
  };
}

function presentCustomer({ values, provenance, history, ...view }: CustomerView) {
  return {
    ...view,
    createdAt: time(view.createdAt),
    updatedAt: time(view.updatedAt),
    golden: values,
    provenance: Object.fromEntries(
      Object.entries(provenance).map(([field, origin]) => [
        field,
        "system" in origin ? presentValueOrigin(origin) : origin.map(presentValueOrigin),
      ]),
    ),
    externalIds: view.externalIds.map((record) => ({ ...record, origin: presentOrigin(record.origin) })),
    history: presentHistory(history),
  };
}

function presentHistory({ entries, cursor }: HistoryPage) {
  const items = entries.map((entry) => ({
    ...entry,
    at: time(entry.at),
    origin: presentOrigin(entry.origin),
  }));
  return { items, next: cursor };
}

function presentValueOrigin({ system, externalId, ...origin }: ValueOrigin) {
  return { system, id: externalId, ...presentOrigin(origin) };
}

function presentOrigin({ message, file, row, flowVersion, at }: Origin) {
  return { message: message === null ? null : messageId(message), file, row, flowVersion, at: time(at) };
}

function prefixed(id: string): string {
  return id.startsWith("c-") ? id : `c-${id}`;
}

function notFound(): never {
  throw new HubError("TL_NOT_FOUND", "there is no customer of this id");
}

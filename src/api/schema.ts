import { type Static, type TObject, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { ERRORS, type ErrorCode } from "../errors.ts";
import { STATES } from "../message/outcome.ts";

/** An object that names all its members; anything else is an error, so that no filter is silently passed over. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  options: { description?: string } = {},
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** RFC 3339 in UTC. */
export const Time = Type.String({ format: "date-time", description: "RFC 3339, UTC" });
/** A moment in a request: RFC 3339, or milliseconds since 1970. */
export const Moment = Type.Union([Type.Integer({ minimum: 0 }), Time], {
  description: "RFC 3339, or milliseconds since 1970",
});

export function momentOf(given: string | number): number {
  return typeof given === "number" ? given : Date.parse(given);
}

export const Count = Type.Integer({ minimum: 0 });

/** One of these texts; as `enum`, which clients and error messages show better than a union. */
export function oneOf<const Text extends string>(texts: readonly Text[], description: string) {
  return Type.Unsafe<Text>({ type: "string", enum: [...texts], description });
}

export const StateText = oneOf(STATES, "Where it is on its path");
export const Code = oneOf(
  Object.keys(ERRORS) as ErrorCode[],
  "A code of the error catalogue, /api/v1/errors",
);
/** Plain JSON whose shape another schema or the configuration says. */
export const AnyJson = Type.Unknown();

export const PlaceSchema = Type.Object(
  {
    file: Type.Optional(Type.String()),
    line: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.Integer()),
    record: Type.Optional(Type.Integer()),
    field: Type.Optional(Type.String()),
  },
  { description: "Lines, columns and records count from 1; `field` is a JSON pointer or a column name" },
);

export const IssueSchema = Type.Object({ place: Type.Optional(PlaceSchema), message: Type.String() });

export const FailureSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  title: Type.String(),
  cure: Type.String(),
  place: Type.Optional(PlaceSchema),
  issues: Type.Optional(Type.Array(IssueSchema)),
});

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: "Address of a page about this kind of error" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    cure: Type.String(),
    instance: Type.String({ description: "Names this answer in the hub's log" }),
    traceId: Type.Optional(Type.String()),
    place: Type.Optional(PlaceSchema),
    issues: Type.Optional(Type.Array(IssueSchema)),
  },
  { $id: "Problem", description: "RFC 9457" },
);

export const SourceSchema = Type.Object(
  {
    name: Type.String({ description: "system.source" }),
    kind: oneOf(["pull", "listen"], "Asked, or listened to"),
    state: oneOf(["idle", "reading", "connecting", "connected", "waiting", "paused"], "What it does now"),
    cursor: nullable(Type.String({ description: "How far it was read: the source's own word, as JSON" })),
    movedAt: nullable(Time),
    failure: nullable(FailureSchema),
    nextAt: nullable(Time),
    collected: Type.Integer({ minimum: 0, description: "Items stored since the hub started" }),
  },
  { description: "The source that the hub asks or listens to" },
);

/** The query of every list. */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 500, default: 50, description: "Most items of the page" }),
  ),
  cursor: Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "`next` of the page before" }),
  ),
};

/** The cursor of lists whose places are more than a number. */
export const TextCursor = Type.Optional(
  Type.String({ maxLength: 2048, description: "`next` of the page before" }),
);

/** One page; a page may be short or empty and still have a `next`: only null says that nothing follows. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    next: nullable(Type.Integer({ description: "Pass it as `cursor`; null: nothing follows" })),
  });
}

/** Why a person does it; goes to the audit log with the act. */
export const ReasonBody = closed({
  reason: Type.Optional(Type.String({ maxLength: 1000, description: "For the audit log" })),
});
export type ReasonBody = Static<typeof ReasonBody> | undefined;

const problemContent = { content: { "application/problem+json": { schema: Type.Ref("Problem") } } };

/** The answers of failures that a route can give, as OpenAPI responses. */
export function problems(...statuses: readonly number[]): Record<number, unknown> {
  return Object.fromEntries(
    [400, 401, 403, 500, 503, ...statuses].map((status) => [
      status,
      { description: describe(status), ...problemContent },
    ]),
  );
}

function describe(status: number): string {
  const titles = Object.values(ERRORS)
    .filter((entry) => entry.status === status)
    .map((entry) => entry.title);
  return titles.length === 0 ? "A problem" : titles.join("; ");
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { FlowStatus } from "../../control/engine.ts";
import { HubError } from "../../errors.ts";
import type { Json } from "../../message/json.ts";
import { actOf } from "../act.ts";
import { dayRange, today } from "../day.ts";
import type { ApiDeps, FlowEntry } from "../deps.ts";
import { pageFrom, presentPage, presentSource, time } from "../present.ts";
import {
  Count,
  closed,
  IssueSchema,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  problems,
  ReasonBody,
  SourceSchema,
  Time,
} from "../schema.ts";
import { readUnfinished } from "../unfinished.ts";

const tags = ["flows"];
const NameParams = closed({ name: Type.String({ maxLength: 128 }) });
type NameParams = Static<typeof NameParams>;

const Status = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  version: nullable(Type.Integer({ description: "Of the texts in force; null: none are" })),
  hash: nullable(Type.String({ description: "Of the version in force" })),
  accepting: Type.Boolean(),
  running: Type.Boolean({ description: "Stored messages are worked on" }),
  open: Type.Integer({ minimum: 0, description: "Messages and deliveries not done" }),
  queued: Type.Integer({
    minimum: 0,
    description: "Messages not done, as /messages lists them by state=open; at most 10,000 are counted",
  }),
  problem: nullable(Type.String({ description: "Why the newest text is not in force" })),
  problems: Type.Array(IssueSchema),
  routes: Type.Array(
    Type.Object({
      to: Type.String(),
      stopped: nullable(Type.String({ description: "Waits for a person, for this reason" })),
      waitingUntil: nullable(Time),
      open: Type.Integer({ minimum: 0, description: "Deliveries not done" }),
      queued: Type.Integer({
        minimum: 0,
        description:
          "Messages with such a delivery, as /messages lists them by to and state=open; at most 10,000 are counted",
      }),
    }),
  ),
  nextSlot: nullable(Time),
  source: nullable(SourceSchema),
});

const CursorBody = closed({
  cursor: Type.Unknown({ description: "As the source shows it; null: read from its beginning" }),
  ...ReasonBody.properties,
});

const Detail = Type.Composite([
  Status,
  Type.Object({
    definition: nullable(
      Type.Unsafe<unknown>({
        type: "object",
        additionalProperties: true,
        description: "With every default filled in",
      }),
    ),
    files: Type.Array(Type.String(), { description: "Paths of the texts of this version" }),
  }),
]);

const PauseBody = closed({
  what: Type.Optional(
    oneOf(["accept", "deliver", "both"], "Taking new items, working on stored ones, or both (default)"),
  ),
  ...ReasonBody.properties,
});
const ResumeBody = closed({
  ...PauseBody.properties,
  route: Type.Optional(
    Type.String({ maxLength: 256, description: "Instead of the flow: a route that an access error stopped" }),
  ),
});
type ActBody = Static<typeof ResumeBody> | undefined;

const Books = Type.Object({
  flow: Type.String(),
  day: Type.String(),
  zone: Type.String(),
  files: Type.Boolean({
    description: "It has read files: what is counted are rows, most of which are no messages",
  }),
  from: Time,
  to: Type.String({ format: "date-time", description: "Where the day ends, exclusive" }),
  accepted: Count,
  duplicate: Count,
  refused: Count,
  routes: Type.Array(
    Type.Object({
      to: Type.String(),
      opening: Type.Integer(),
      in: Type.Integer(),
      outcomes: Type.Record(Type.String(), Type.Integer()),
      closing: Type.Integer(),
    }),
  ),
});

const Slot = Type.Object({
  at: Time,
  state: Type.String(),
  startedAt: Time,
  finishedAt: nullable(Time),
  detail: nullable(Type.String()),
});

/** Flows: their state, their books, their planned runs, and the levers. */
export async function flowRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const find = (name: string): FlowEntry => {
    const found = deps.flows().find((entry) => entry.status.name === name);
    if (found === undefined) throw new HubError("TL_NOT_FOUND", "there is no flow of this name");
    return found;
  };
  /** The state as the engine has it now: after an act the pushed one may be a moment old. */
  const showNow = async (name: string) => {
    const { flows } = await deps.engine.status();
    const now = flows.find((one) => one.name === name);
    return present(find(name), now, await readUnfinished(deps.queries));
  };

  const resumeRoute = async (request: FastifyRequest, name: string, to: string): Promise<void> => {
    if (!find(name).status.routes.some((route) => route.to === to)) {
      throw new HubError("TL_NOT_FOUND", "the flow has no such route");
    }
    await deps.engine.resumeRoute(actOf(request), name, to);
  };

  app.get(
    "/flows",
    {
      schema: {
        tags,
        summary: "List flows with their state",
        response: { 200: Type.Object({ items: Type.Array(Status) }), ...problems() },
      },
    },
    async () => {
      const { flows } = deps.status();
      const unfinished = await readUnfinished(deps.queries);
      return {
        items: deps.flows().map((entry) => {
          const now = flows.find((one) => one.id === entry.status.id);
          return present(entry, now, unfinished);
        }),
      };
    },
  );

  app.get<{ Params: NameParams }>(
    "/flows/:name",
    {
      schema: {
        tags,
        summary: "Show one flow as it is in force",
        params: NameParams,
        response: { 200: Detail, ...problems(404) },
      },
    },
    async ({ params }) => {
      const entry = find(params.name);
      const { texts = {}, ...definition } = entry.definition ?? {};
      const now = deps.status().flows.find((one) => one.id === entry.status.id);
      return {
        ...present(entry, now, await readUnfinished(deps.queries)),
        definition: entry.definition === null ? null : definition,
        files: Object.keys(texts).sort(),
      };
    },
  );

  for (const [act, summary] of [
    ["pause", "Stop taking new items, working on stored ones, or both"],
    ["resume", "Go on after a pause"],
  ] as const) {
    app.post<{ Params: NameParams; Body: ActBody }>(
      `/flows/:name/${act}`,
      {
        schema: {
          tags,
          summary,
          params: NameParams,
          body: act === "pause" ? PauseBody : ResumeBody,
          response: { 200: Status, ...problems(404, 409, 415) },
        },
      },
      async (request) => {
        const { name } = request.params;
        const { route, what = "both" } = request.body ?? {};
        if (route === undefined) {
          find(name);
          await deps.engine[act](actOf(request), name, what);
        } else await resumeRoute(request, name, route);
        return showNow(name);
      },
    );
  }

  app.post<{ Params: NameParams; Body: ReasonBody }>(
    "/flows/:name/run",
    {
      schema: {
        tags,
        summary: "Look for files, or read the source, now, whatever the schedule says",
        params: NameParams,
        body: ReasonBody,
        response: {
          200: Type.Object({
            files: Count,
            records: Type.Integer({ minimum: 0, description: "Of the first batch that was read" }),
            asked: Type.Boolean({ description: "Another process was asked to begin it" }),
          }),
          ...problems(404, 409, 415),
        },
      },
    },
    async (request) => {
      find(request.params.name);
      return deps.engine.runNow(actOf(request), request.params.name);
    },
  );

  app.post<{ Params: NameParams; Body: Static<typeof CursorBody> }>(
    "/flows/:name/cursor",
    {
      schema: {
        tags,
        summary:
          "Set how far the flow's source was read; what was stored before is recognised when it comes again",
        params: NameParams,
        body: CursorBody,
        response: { 200: Status, ...problems(404, 409, 415) },
      },
    },
    async (request) => {
      const { name } = request.params;
      find(name);
      await deps.engine.moveCursor(actOf(request), name, request.body.cursor as Json | null);
      return showNow(name);
    },
  );

  const RouteParams = closed({ name: Type.String({ maxLength: 128 }), to: Type.String({ maxLength: 256 }) });
  app.post<{ Params: Static<typeof RouteParams>; Body: ReasonBody }>(
    "/flows/:name/routes/:to/resume",
    {
      schema: {
        tags,
        summary: "A route stopped by an access error goes on",
        params: RouteParams,
        body: ReasonBody,
        response: { 200: Status, ...problems(404, 409, 415) },
      },
    },
    async (request) => {
      await resumeRoute(request, request.params.name, request.params.to);
      return showNow(request.params.name);
    },
  );

  const BooksQuery = closed({
    day: Type.Optional(
      Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "In the flow's zone; default today" }),
    ),
  });
  app.get<{ Params: NameParams; Querystring: Static<typeof BooksQuery> }>(
    "/flows/:name/books",
    {
      schema: {
        tags,
        summary: "The books of a day: opening + in = outcomes + closing, per route",
        params: NameParams,
        querystring: BooksQuery,
        response: { 200: Books, ...problems(404) },
      },
    },
    async ({ params, query }) => {
      const zone = find(params.name).definition?.schedule?.zone ?? "UTC";
      const day = query.day ?? today(deps.now(), zone);
      const { from, to } = dayRange(day, zone);
      const { name: flow } = params;
      const [books, files] = await Promise.all([
        deps.queries.books(flow, from, to),
        deps.queries.files({ flow }, { before: null, limit: 1 }),
      ]);
      return { flow, day, zone, files: files.items.length > 0, from: time(from), to: time(to), ...books };
    },
  );

  const SlotQuery = closed(PageQuery);
  app.get<{ Params: NameParams; Querystring: Static<typeof SlotQuery> }>(
    "/flows/:name/slots",
    {
      schema: {
        tags,
        summary: "Planned runs of the flow, newest first",
        params: NameParams,
        querystring: SlotQuery,
        response: { 200: pageOf(Slot), ...problems(404) },
      },
    },
    async ({ params, query }) =>
      presentPage(await deps.queries.slots(params.name, pageFrom(query)), (slot) => ({
        ...slot,
        at: time(slot.at),
        startedAt: time(slot.startedAt),
        finishedAt: time(slot.finishedAt),
      })),
  );
}

function present(
  { definition, status }: FlowEntry,
  now: FlowStatus = status,
  unfinished: Awaited<ReturnType<typeof readUnfinished>>,
) {
  return {
    id: now.id,
    name: now.name,
    description: definition?.description ?? "",
    version: now.version,
    hash: now.hash,
    accepting: now.accepting,
    running: now.running,
    open: now.open,
    queued: unfinished(now.name, null).queued,
    problem: now.problem,
    problems: now.problems,
    routes: now.routes.map((route) => ({
      ...route,
      waitingUntil: time(route.waitingUntil),
      queued: unfinished(now.name, route.to).queued,
    })),
    nextSlot: time(now.nextSlot),
    source: presentSource(now.source),
  };
}

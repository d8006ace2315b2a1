import { Readable } from "node:stream";
import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import { openFormat } from "../../format/open.ts";
import { type RejectedRecord, rejectFile } from "../../format/reject.ts";
import { messageId } from "../../message/id.ts";
import { FILE_STATES } from "../../store/file-table.ts";
import type { FileSummary, Paged, RejectedRow } from "../../store/queries.ts";
import { actOf, notePayload } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { keptNoMore } from "../kept-no-more.ts";
import { pageFrom, presentFailure, presentPage, time } from "../present.ts";
import {
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
  Time,
} from "../schema.ts";
import { readSlice } from "../slice.ts";

const tags = ["files"];
const IdParams = closed({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
type IdParams = Static<typeof IdParams>;
const StateOfFile = oneOf(FILE_STATES, "How far it came");

const File = Type.Object({
  id: Type.Integer(),
  flow: Type.String(),
  name: Type.String(),
  size: Count,
  sha256: Type.String(),
  state: StateOfFile,
  rows: Type.Integer({ minimum: 0, description: "Rows read and committed so far" }),
  offset: Type.Integer({ minimum: 0, description: "Bytes of text committed so far" }),
  textSize: Count,
  progress: Type.Number({ minimum: 0, maximum: 1, description: "Share of the file that is committed" }),
  books: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), {
    description: "Rows by route and outcome",
  }),
  failure: nullable(FailureSchema),
  duplicateOf: nullable(Type.Integer()),
  startedAt: Time,
  finishedAt: nullable(Time),
  settled: Type.Boolean({ description: "The source has been told" }),
});

const Rejected = Type.Object({
  message: Type.String(),
  key: nullable(Type.String()),
  row: Count,
  line: Count,
  failure: FailureSchema,
});

const ListQuery = closed({
  ...PageQuery,
  flow: Type.Optional(Type.String({ maxLength: 128 })),
  state: Type.Optional(StateOfFile),
  since: Type.Optional(Moment),
});

/** Files: lists, books and progress, rejected rows, and going on after a stop. */
export async function fileRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const find = async (id: number): Promise<FileSummary> => {
    const found = await deps.queries.file(id);
    if (found === undefined) throw await keptNoMore(deps.queries, "files", id, "file");
    return found;
  };

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    "/files",
    {
      schema: {
        tags,
        summary: "List files, newest first",
        querystring: ListQuery,
        response: { 200: pageOf(File), ...problems(404) },
      },
    },
    async ({ query: { cursor, limit, since, ...rest } }) => {
      const filter = since === undefined ? rest : { ...rest, since: momentOf(since) };
      return presentPage(await deps.queries.files(filter, pageFrom({ cursor, limit })), present);
    },
  );

  app.get<{ Params: IdParams }>(
    "/files/:id",
    {
      schema: {
        tags,
        summary: "Show one file with its books",
        params: IdParams,
        response: { 200: File, ...problems(404) },
      },
    },
    async ({ params }) => present(await find(params.id)),
  );

  const RowsQuery = closed(PageQuery);
  app.get<{ Params: IdParams; Querystring: Static<typeof RowsQuery> }>(
    "/files/:id/rejected-rows",
    {
      schema: {
        tags,
        summary: "Rows that failed and are not mended, by row",
        params: IdParams,
        querystring: RowsQuery,
        response: { 200: pageOf(Rejected), ...problems(404) },
      },
    },
    async ({ params, query }) => {
      await find(params.id);
      return presentPage(await deps.queries.rejects(params.id, pageFrom(query)), (row) => ({
        message: messageId(row.place),
        key: row.key,
        row: row.slice.row,
        line: row.slice.line,
        failure: presentFailure(row.failure),
      }));
    },
  );

  app.get<{ Params: IdParams }>(
    "/files/:id/rejects",
    {
      schema: {
        tags,
        summary: "The failed rows as a file in the flow's own format, to mend and drop again",
        params: IdParams,
        response: {
          200: {
            description: "The file",
            content: { "application/octet-stream": { schema: Type.String({ format: "binary" }) } },
          },
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const file = await find(request.params.id);
      await notePayload(deps, request, `file ${file.id}`, { what: "rejected rows" });
      return reply
        .header("content-type", "application/octet-stream")
        .header("content-disposition", `attachment; filename="file-${file.id}-rejects"`)
        .send(Readable.from(rejectsOf(deps, file)));
    },
  );

  app.post<{ Params: IdParams; Body: ReasonBody }>(
    "/files/:id/resume",
    {
      schema: {
        tags,
        summary: "A stopped file goes on from its checkpoint",
        params: IdParams,
        body: ReasonBody,
        response: { 200: File, ...problems(404, 409, 415) },
      },
    },
    async (request) => {
      const file = await find(request.params.id);
      if (file.state !== "stopped")
        throw new HubError("TL_CONFLICT", `the file is ${file.state}, not stopped`);
      await deps.engine.resumeFile(actOf(request), file.id);
      return present(await find(file.id));
    },
  );
}

function present(file: FileSummary) {
  return {
    ...file,
    progress: file.state === "running" || file.state === "stopped" ? share(file.offset, file.textSize) : 1,
    failure: presentFailure(file.failure),
    startedAt: time(file.startedAt),
    finishedAt: time(file.finishedAt),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(1, part / whole);
}

function rejectsOf(deps: ApiDeps, file: FileSummary): AsyncIterable<Uint8Array> {
  const definition = deps.flows().find((entry) => entry.status.name === file.flow)?.definition;
  const format =
    definition === null || definition === undefined ? openFormat({ jsonl: {} }) : deps.openFormat(definition);
  return rejectFile(format, file.context, rejectedRecords(deps, file));
}

/** Read page by page, so that neither memory nor the database cares how many rows failed. */
async function* rejectedRecords(deps: ApiDeps, file: FileSummary): AsyncGenerator<RejectedRecord> {
  let before: number | null = null;
  do {
    const page: Paged<RejectedRow> = await deps.queries.rejects(file.id, { before, limit: 200 });
    for (const { slice, failure } of page.items) {
      const raw = await readSlice(deps.settings.data, file.text, slice, null);
      yield { row: slice.row, line: slice.line, code: failure.code, error: failure.message, raw };
    }
    before = page.next;
  } while (before !== null);
}

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { ERRORS, type ErrorCode, HubError } from "../../errors.ts";
import { ERRORS_PATH } from "../problem.ts";
import { closed, problems } from "../schema.ts";

const tags = ["errors"];

const Entry = Type.Object({
  code: Type.String(),
  type: Type.String(),
  fault: Type.String({ description: "Whose fault it is, which decides what happens next" }),
  status: Type.Integer(),
  title: Type.String(),
  cure: Type.String(),
});

/** The catalogue of failures. Open to everybody: `type` of every problem leads here. */
export async function errorRoutes(app: FastifyInstance): Promise<void> {
  app.get(
    "/errors",
    {
      schema: {
        tags,
        security: [],
        summary: "Every failure the hub can report",
        response: { 200: Type.Object({ items: Type.Array(Entry) }), ...problems() },
      },
    },
    async () => ({
      items: (Object.keys(ERRORS) as ErrorCode[]).map(entryOf),
    }),
  );

  const CodeParams = closed({ code: Type.String({ maxLength: 64 }) });
  app.get<{ Params: Static<typeof CodeParams> }>(
    "/errors/:code",
    {
      schema: {
        tags,
        security: [],
        summary: "What an error code means and what to do; as text for browsers",
        params: CodeParams,
        response: {
          200: {
            description: "The entry",
            content: { "application/json": { schema: Entry }, "text/plain": { schema: Type.String() } },
          },
          ...problems(404),
        },
      },
    },
    async ({ params, headers }, reply) => {
      if (!Object.hasOwn(ERRORS, params.code))
        throw new HubError("TL_NOT_FOUND", "there is no such error code");
      const entry = entryOf(params.code as ErrorCode);
      if ((headers.accept ?? "").includes("text/html")) {
        return reply
          .header("content-type", "text/plain; charset=utf-8")
          .serializer((text: string) => text as never)
          .send(`${entry.code} (HTTP ${entry.status})\n\n${entry.title}.\n\nWhat to do: ${entry.cure}\n`);
      }
      return entry;
    },
  );
}

function entryOf(code: ErrorCode) {
  return { code, type: `${ERRORS_PATH}/${code}`, ...ERRORS[code] };
}

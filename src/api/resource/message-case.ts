import { createHmac } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import { formatDiff } from "../../flow/cases.ts";
import { compileFlow } from "../../flow/compile.ts";
import { caseOfMessage, type MessageCase } from "../../flow/message-case.ts";
import { actOf, notePayload, requirePayloads } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { findMessage, MessageParams } from "../find-message.ts";
import { closed, nullable, oneOf, problems, ReasonBody } from "../schema.ts";
import { readRecord } from "../workbench/flow-mapping.ts";
import { flowInForce, flowOfMessage } from "../workbench/message-flow.ts";

const tags = ["mapping"];
const name = Type.Optional(
  Type.String({ minLength: 1, maxLength: 120, description: "What the case is about; also names its file" }),
);
const PlanBody = closed({ name });
const CaseBody = closed({
  name,
  ...ReasonBody.properties,
});

const Plan = Type.Object({
  file: Type.String({ description: "Its path from the project folder" }),
  text: Type.String({ description: "The file" }),
  disguised: Type.Array(
    Type.Object({
      pointer: Type.String({
        description: "JSON pointer in the record; `(headers)` before those of headers",
      }),
      kind: oneOf(["e-mail", "phone", "date", "number", "id", "text"], "What it looked like"),
    }),
    { description: "Values that were made others, of the same shape" },
  ),
  passed: Type.Boolean({ description: "Of a run with the version in force" }),
  problem: nullable(Type.String()),
  differences: Type.Array(Type.String()),
  differs: nullable(Type.String({ description: "Why the case does not end as the message did" })),
  writable: Type.Boolean({
    description: "Whether the hub follows its project folder, and may write it there",
  }),
});

/** A message as a case of its flow, with personal data disguised. */
export async function messageCaseRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const key = createHmac("sha256", deps.token).update("cases of messages").digest("hex");

  async function make(id: string, title: string | undefined) {
    const message = await findMessage(deps, id);
    const own = compileFlow((await flowOfMessage(deps, message)).definition);
    const now = compileFlow(flowInForce(deps, message.flow).definition);
    const met = await readRecord(deps, own.format, message);
    if (met === null) throw new HubError("TL_BODY_TOO_LARGE", "the message is too long for a case");
    return { flow: message.flow, made: await caseOfMessage(title ?? `from ${id}`, met, { own, now }, key) };
  }

  app.post<{ Params: MessageParams; Body: Static<typeof PlanBody> }>(
    "/messages/:id/case/plan",
    {
      schema: {
        tags,
        summary:
          "A message as a case of its flow, personal data disguised, and how that runs; nothing is written",
        params: MessageParams,
        body: PlanBody,
        response: { 200: Plan, ...problems(404, 413, 415) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { flow, made } = await make(id, request.body.name);
      await notePayload(deps, request, id, { what: "as a case" });
      return present(flow, made, deps.settings.deploy === "on-save");
    },
  );

  app.post<{ Params: MessageParams; Body: Static<typeof CaseBody> }>(
    "/messages/:id/case",
    {
      schema: {
        tags,
        summary: "Write a message as a case into the project folder, personal data disguised",
        params: MessageParams,
        body: CaseBody,
        response: { 200: Type.Object({ file: Type.String() }), ...problems(404, 409, 413, 415) },
      },
    },
    async (request) => {
      requirePayloads(request);
      const { id } = request.params;
      const { flow, made } = await make(id, request.body.name);
      const draft = { flow, message: id, file: made.file, text: made.text };
      return { file: await deps.engine.addCase(actOf(request), draft) };
    },
  );
}

function present(flow: string, { file, text, disguised, result, differs }: MessageCase, writable: boolean) {
  return {
    ...{ file: `mappings/${flow}/cases/${file}`, text, disguised: [...disguised], differs, writable },
    ...{
      passed: result.passed,
      problem: result.problem ?? null,
      differences: [...formatDiff(result.differences)],
    },
  };
}

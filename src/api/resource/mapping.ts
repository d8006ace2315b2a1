import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HubError } from "../../errors.ts";
import { fixtureAnswers, NO_FIXTURES } from "../../flow/look-up-fixtures.ts";
import { evaluateDraft } from "../../flow/workbench.ts";
import { BUILT_INS } from "../../mapping/builtin.ts";
import { schemaFields } from "../../schema/fields.ts";
import { schemaShape } from "../../schema/schema-shape.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { AnyJson, Count, closed, FailureSchema, nullable, oneOf, problems, Time } from "../schema.ts";
import { casesOf, mappedFlow, recentRecords } from "../workbench/flow-mapping.ts";
import { compareDraft, runDraftCases } from "../workbench/judge-draft.ts";

const tags = ["mapping"];
/** A mapping and a sample. */
const BODY_LIMIT = 4 * 1024 * 1024;
const SAMPLES = 20;

const Params = closed({ name: Type.String({ maxLength: 128 }) });
type Params = Static<typeof Params>;
const Text = Type.String({ maxLength: 1024 * 1024, description: "The mapping, JSONata" });
const Texts = Type.Array(Type.String());

const Mapping = Type.Object({
  path: Type.String({ description: "From the project folder" }),
  text: Type.String({ description: "In force" }),
  hash: Type.String({ description: "Of the version in force" }),
  accepts: nullable(Type.String()),
  emits: nullable(Type.String()),
  source: Type.Array(Type.String(), {
    description: "Fields of the accepts schema, as JSON pointers; `*` is an item",
  }),
  target: Type.Array(Type.String(), { description: "Fields of the emits schema" }),
  functions: Type.Array(Type.String(), { description: "That a mapping may call, without the $" }),
  cases: Type.Array(
    Type.Object({ name: Type.String(), text: nullable(Type.String({ description: "Null: a raw record" })) }),
  ),
});

const Sample = Type.Object({
  id: Type.String(),
  key: nullable(Type.String()),
  acceptedAt: Time,
  text: Type.String({ description: "The record as the mapping meets it, JSON" }),
});

const EvaluateBody = closed({
  text: Text,
  sample: Type.String({ maxLength: 2 * 1024 * 1024, description: "A record, JSON" }),
  case: Type.Optional(Type.String({ description: "Its look-ups get the answers of this case" })),
});

const Problem = Type.Object({
  in: oneOf(["mapping", "sample"], "What to mend"),
  severity: oneOf(["error", "warning"], "Whether it can work at all"),
  code: nullable(Type.String()),
  message: Type.String(),
  cure: nullable(Type.String()),
  line: nullable(Type.Integer()),
  column: nullable(Type.Integer()),
  field: nullable(Type.String()),
});

const Field = Type.Object({ path: Type.String(), used: Type.Boolean(), seen: Type.Boolean() });

const Evaluation = Type.Object({
  result: AnyJson,
  problems: Type.Array(Problem),
  coverage: nullable(
    Type.Object({ source: Type.Array(Field), target: Type.Array(Field), share: Type.Number() }),
  ),
  milliseconds: Type.Number(),
});

const DraftBody = closed({ text: Text });

const Cases = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      file: Type.String(),
      passed: Type.Boolean(),
      problem: nullable(Type.String()),
      differences: Texts,
      milliseconds: Type.Number(),
    }),
  ),
});

const Comparison = Type.Object({
  looked: Count,
  same: Count,
  changed: Count,
  failing: Type.Integer({ minimum: 0, description: "Fail with the draft alone" }),
  mended: Type.Integer({ minimum: 0, description: "Fail with the mapping in force alone" }),
  unreadable: Count,
  complete: Type.Boolean({ description: "False: it took too long for all of the newest 200" }),
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      key: nullable(Type.String()),
      acceptedAt: Time,
      kind: oneOf(["changed", "fails", "works"], "What becomes of it"),
      differences: Type.Array(
        Type.Object({
          pointer: Type.String(),
          before: nullable(Type.String()),
          after: nullable(Type.String()),
        }),
      ),
      failure: nullable(FailureSchema),
    }),
  ),
});

const PublishBody = closed({
  text: Text,
  before: Type.String({ description: "Hash of the version that the draft began from" }),
  reason: Type.String({
    minLength: 3,
    maxLength: 1000,
    description: "What changes and why, for the audit log",
  }),
});

/** Work on the mapping of a flow: what a draft makes of records, and putting it in force. */
export async function mappingRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const at = "/flows/:name/mapping";
  const seen = payloadsSeen(deps);
  app.get<{ Params: Params }>(
    at,
    {
      schema: {
        tags,
        summary: "The mapping in force, with what an editor must know of it",
        params: Params,
        response: { 200: Mapping, ...problems(404) },
      },
    },
    async ({ params }) => show(deps, params.name),
  );

  app.get<{ Params: Params }>(
    `${at}/samples`,
    {
      schema: {
        tags,
        summary: "The newest messages of the flow as records, to try the mapping on",
        params: Params,
        response: { 200: Type.Object({ items: Type.Array(Sample) }), ...problems(404) },
      },
    },
    async (request) => {
      const { params } = request;
      const items: Static<typeof Sample>[] = [];
      for await (const { id, summary, met } of recentRecords(
        deps,
        mappedFlow(deps, params.name).flow,
        SAMPLES,
      )) {
        if (met instanceof HubError) continue;
        const { key, acceptedAt } = summary;
        items.push({ id, key, acceptedAt: time(acceptedAt), text: JSON.stringify(met.value, null, 2) });
      }
      await seen(request, params.name, items);
      return { items };
    },
  );

  app.post<{ Params: Params; Body: Static<typeof EvaluateBody> }>(
    `${at}/evaluate`,
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "What a draft makes of one record, with its mistakes and its coverage; nothing changes",
        params: Params,
        body: EvaluateBody,
        response: { 200: Evaluation, ...problems(404, 413, 415) },
      },
    },
    async ({ params, body }) => {
      const { flow } = mappedFlow(deps, params.name);
      const known =
        body.case === undefined ? undefined : casesOf(deps, flow.name).find(({ name }) => name === body.case);
      const info = { receivedAt: deps.now(), headers: known?.headers ?? null, file: null, row: null };
      return evaluateDraft(flow, body.text, body.sample, info, fixtureAnswers(known?.lookups ?? NO_FIXTURES));
    },
  );

  app.post<{ Params: Params; Body: Static<typeof DraftBody> }>(
    `${at}/cases`,
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "Run the flow's cases with a draft; nothing changes",
        params: Params,
        body: DraftBody,
        response: { 200: Cases, ...problems(404, 413, 415) },
      },
    },
    async ({ params, body }) => runDraftCases(deps, mappedFlow(deps, params.name).flow, body.text),
  );

  app.post<{ Params: Params; Body: Static<typeof DraftBody> }>(
    `${at}/compare`,
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "What a draft would change in the results of the newest 200 messages; nothing changes",
        params: Params,
        body: DraftBody,
        response: { 200: Comparison, ...problems(404, 413, 415) },
      },
    },
    async (request) => {
      const { name } = request.params;
      const found = await compareDraft(deps, mappedFlow(deps, name).flow, request.body.text);
      await seen(request, name, found.items);
      return found;
    },
  );

  app.post<{ Params: Params; Body: Static<typeof PublishBody> }>(
    `${at}/publish`,
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: "Put a draft in force, and into the project folder where the hub follows it",
        params: Params,
        body: PublishBody,
        response: { 200: Mapping, ...problems(404, 409, 413, 415) },
      },
    },
    async (request) => {
      const { name } = request.params;
      const { text, before } = request.body;
      const { flow } = mappedFlow(deps, name);
      const hash = await deps.engine.publishMapping(actOf(request), { flow: name, text, before });
      return { ...present(deps, { ...flow, texts: { ...flow.texts, [flow.map]: text } }), hash };
    },
  );
}

/** More are not remembered: then they are noted again. */
const MOST_SEEN = 10_000;

/** Whose content somebody is shown is in the audit log, once: a draft is compared at each pause of the typing. */
function payloadsSeen(deps: ApiDeps) {
  const known = new Set<string>();
  return async (request: FastifyRequest, flow: string, shown: readonly { readonly id: string }[]) => {
    const act = actOf(request);
    const messages = shown.map(({ id }) => id).filter((id) => !known.has(`${act.actor} ${id}`));
    if (messages.length === 0) return;
    await deps.engine.note(act, "see-payloads", flow, { messages });
    if (known.size > MOST_SEEN) known.clear();
    for (const id of messages) known.add(`${act.actor} ${id}`);
  };
}

function show(deps: ApiDeps, name: string) {
  const { flow, hash } = mappedFlow(deps, name);
  return { ...present(deps, flow), hash };
}

function present(deps: ApiDeps, flow: ReturnType<typeof mappedFlow>["flow"]) {
  const fields = (schema: string | null): string[] =>
    schema === null ? [] : [...schemaFields(schemaShape(schema, (path) => flow.texts[path]))];
  return {
    path: flow.map,
    text: flow.texts[flow.map] ?? "",
    accepts: flow.accepts,
    emits: flow.emits,
    source: fields(flow.accepts),
    target: fields(flow.emits),
    functions: [...BUILT_INS],
    cases: casesOf(deps, flow.name).map(({ name, in: input }) => ({
      name,
      text: typeof input === "string" ? null : JSON.stringify(input, null, 2),
    })),
  };
}

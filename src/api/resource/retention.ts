import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { SWEEP_MS } from "../../intake/retention.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { Count, nullable, problems, Time } from "../schema.ts";

const Keep = nullable(
  Type.Integer({ description: "Milliseconds after it was finished; null: never forgotten" }),
);

const Retention = Type.Object({
  rules: Type.Object({ messages: Keep, files: Keep, bundles: Keep, alerts: Keep }),
  flows: Type.Array(
    Type.Object({
      flow: Type.String(),
      keep: Keep,
      own: Type.Boolean({ description: "It has a rule of its own" }),
      oldest: nullable(
        Type.String({
          format: "date-time",
          description: "When its oldest message that only waits to be forgotten was finished",
        }),
      ),
    }),
  ),
  forgotten: Type.Object({ messages: Count, files: Count, bundles: Count, alerts: Count }),
  sweptAt: nullable(Time),
  nextAt: nullable(Time),
});

/** What is kept for how long, and what was forgotten. */
export async function retentionRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get(
    "/retention",
    {
      schema: {
        tags: ["hub"],
        summary: "How long what is finished is kept, and how much was forgotten",
        response: { 200: Retention, ...problems() },
      },
    },
    async () => presentRetention(deps),
  );
}

/** Flows that the store knows and whose messages are kept, with the rule each has. */
export async function presentRetention(deps: ApiDeps) {
  const { flows: own, ...rules } = deps.settings.retention;
  const { sweptAt, forgotten, oldest } = await deps.queries.retention(deps.now());
  const known = deps.flows().map(({ status }) => status.name);
  const names = new Set([...known, ...Object.keys(own), ...oldest.map(({ flow }) => flow)]);
  return {
    rules,
    flows: [...names].sort().map((flow) => {
      const has = Object.hasOwn(own, flow);
      const found = oldest.find((one) => one.flow === flow);
      const keep = has ? (own[flow] ?? null) : rules.messages;
      return { flow, keep, own: has, oldest: time(found?.finishedAt ?? null) };
    }),
    forgotten: {
      ...{ messages: forgotten.messages.n, files: forgotten.files.n },
      ...{ bundles: forgotten.bundles.n, alerts: forgotten.alerts.n },
    },
    sweptAt: time(sweptAt),
    nextAt: sweptAt === null ? null : time(sweptAt + SWEEP_MS),
  };
}

import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { EngineStatus } from "../control/engine.ts";
import type { Counters } from "../observe/counter.ts";
import { isLoopback, requireReader } from "./auth.ts";
import type { ApiDeps } from "./deps.ts";
import { closed } from "./schema.ts";

const ENGINE_SILENT_MS = 5000;

const Health = Type.Object({
  status: Type.String(),
  checks: Type.Optional(Type.Record(Type.String(), Type.String())),
});
const Query = closed({ verbose: Type.Optional(Type.String({ maxLength: 8 })) });
type Query = Static<typeof Query>;
const tags = ["health"];

/** Health for machines that watch the hub, open to everybody and without secrets; and the metrics. */
export async function healthRoutes(app: FastifyInstance, deps: ApiDeps, counters: Counters): Promise<void> {
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  app.addHook("onClose", async () => {
    lag.disable();
  });
  const responses = { 200: Health, 503: Health };

  app.get<{ Querystring: Query }>(
    "/livez",
    {
      schema: {
        tags,
        security: [],
        summary: "Front and engine are alive; else restart the hub",
        querystring: Query,
        response: responses,
      },
    },
    async ({ query }, reply) => {
      const silent = deps.now() - deps.status().at;
      const alive = silent < ENGINE_SILENT_MS;
      reply.code(alive ? 200 : 503).header("cache-control", "no-store");
      const checks = { front: "ok", engine: alive ? "ok" : `silent for ${Math.round(silent / 1000)} s` };
      return { status: alive ? "alive" : "dead", ...(query.verbose === undefined ? {} : { checks }) };
    },
  );

  app.get<{ Querystring: Query }>(
    "/readyz",
    {
      schema: {
        tags,
        security: [],
        summary: "The hub takes work; else send it elsewhere or later",
        querystring: Query,
        response: responses,
      },
    },
    async ({ query }, reply) => {
      const checks = await readiness(deps);
      const ready = checks.store === "ok" && checks.hub === "ok" && checks.disk === "ok";
      const status = !ready ? "not ready" : checks.backlog === "ok" ? "ready" : "degraded";
      reply.code(ready ? 200 : 503).header("cache-control", "no-store");
      return { status, ...(query.verbose === undefined && ready ? {} : { checks }) };
    },
  );

  app.get(
    "/metrics",
    {
      schema: {
        tags,
        summary: "Metrics for Prometheus; without a token only when the hub listens on this machine alone",
        response: {
          200: { description: "Text format 0.0.4", content: { "text/plain": { schema: Type.String() } } },
        },
      },
    },
    async (request, reply) => {
      if (!isLoopback(deps.settings.listen.host)) await requireReader(request, deps);
      const { METRICS_TYPE, renderMetrics } = await import("../observe/metrics.ts");
      const text = await renderMetrics({
        status: withCounters(deps.status(), counters),
        version: deps.version,
        pending: await deps.queries.pending(deps.now()),
        queued: await deps.queries.queuedLanes(),
        loopLag: longestLag(lag),
        now: deps.now(),
      });
      return reply
        .header("content-type", METRICS_TYPE)
        .serializer((body: string) => body as never)
        .send(text);
    },
  );
}

/** The front's own counters bear other names than the engine's. */
function withCounters(status: EngineStatus, counters: Counters): EngineStatus {
  return { ...status, counters: { ...status.counters, ...counters.values } };
}

async function readiness(deps: ApiDeps) {
  const { stopping, diskLow, backlogFull } = deps.status();
  const store = await deps.queries.ping().then(
    () => "ok",
    () => "does not answer a read",
  );
  return {
    store,
    hub: stopping ? "stopping" : "ok",
    disk: diskLow ? "nearly full" : "ok",
    backlog: backlogFull ? "full: senders are asked to wait" : "ok",
  };
}

/** Since the last time it was asked; seconds. */
function longestLag(lag: IntervalHistogram): number {
  const longest = lag.max / 1e9;
  lag.reset();
  return longest;
}

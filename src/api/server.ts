import { createServer as createHttpServer } from "node:http";
import type { Socket } from "node:net";
import swagger from "@fastify/swagger";
import { Type } from "@sinclair/typebox";
import fastify, { type FastifyInstance, type FastifyPluginCallback, type FastifySchema } from "fastify";
import { HubError } from "../errors.ts";
import { parseJson } from "../format/json.ts";
import { openCounters } from "../observe/counter.ts";
import { guard, requireSafeAuth } from "./auth.ts";
import { answerClientError } from "./client-error.ts";
import { dashboardRoutes } from "./dashboard.ts";
import { type ApiDeps, type ApiLimits, DEFAULT_LIMITS } from "./deps.ts";
import { deskPage } from "./desk/page.ts";
import { deskRoutes } from "./desk/routes.ts";
import { DOOR, openDoor } from "./door.ts";
import { healthRoutes } from "./health.ts";
import { lazyCompilers } from "./lazy-compilers.ts";
import { openProvider } from "./oidc/provider.ts";
import { oidcRoutes } from "./oidc/routes.ts";
import { permissionOf } from "./permission-of.ts";
import { sendProblem } from "./problem.ts";
import { alertRoutes } from "./resource/alert.ts";
import { auditRoutes } from "./resource/audit.ts";
import { customerRoutes } from "./resource/customer.ts";
import { deployRoutes } from "./resource/deploy.ts";
import { doctorRoutes } from "./resource/doctor.ts";
import { errorRoutes } from "./resource/error.ts";
import { errorGroupRoutes } from "./resource/error-group.ts";
import { errorMuteRoutes } from "./resource/error-mute.ts";
import { fileRoutes } from "./resource/file.ts";
import { flowRoutes } from "./resource/flow.ts";
import { graphRoutes } from "./resource/graph.ts";
import { hubRoutes } from "./resource/hub.ts";
import { keyRoutes } from "./resource/key.ts";
import { mappingRoutes } from "./resource/mapping.ts";
import { messageRoutes } from "./resource/message.ts";
import { messageAttemptRoutes } from "./resource/message-attempt.ts";
import { messageCaseRoutes } from "./resource/message-case.ts";
import { messageEditRoutes } from "./resource/message-edit.ts";
import { messageMappingRoutes } from "./resource/message-mapping.ts";
import { overviewRoutes } from "./resource/overview.ts";
import { replayRoutes } from "./resource/replay.ts";
import { retentionRoutes } from "./resource/retention.ts";
import { scheduleRoutes } from "./resource/schedule.ts";
import { ownSessionRoutes, sessionRoutes } from "./resource/session.ts";
import { streamRoutes } from "./resource/stream.ts";
import { userRoutes } from "./resource/user.ts";
import { writtenFileRoutes } from "./resource/written-file.ts";
import { ProblemSchema } from "./schema.ts";
import { answerUnknownRoutes } from "./unknown-route.ts";
import { serveWhole } from "./whole-door.ts";

/**
 * The hub's HTTP server, not yet listening: `/in` for push sources, `/api/v1` for people and programs, health and
 * metrics. Whoever calls it listens and closes; `close()` waits for requests under way.
 * @throws HubError TL_CONFIG_INVALID when the API would be open to strangers
 */
export async function createServer(deps: ApiDeps): Promise<FastifyInstance> {
  requireSafeAuth(deps);
  const limits: ApiLimits = { ...DEFAULT_LIMITS, ...deps.limits };
  const counters = openCounters();
  const door = openDoor(deps, limits, counters);
  const { requestTimeout, headersTimeout, keepAliveTimeout } = limits;
  const connectionsCheckingInterval = Math.min(1000, headersTimeout, requestTimeout);
  let plain: ReturnType<typeof serveWhole> | undefined;
  let closing = false;
  const app = fastify({
    logger: false,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 1024 },
    serverFactory: (routes) => {
      const server = createHttpServer(
        { requestTimeout, headersTimeout, keepAliveTimeout, connectionsCheckingInterval },
        (request, response) => {
          // Who sends on and on over a kept connection would else be answered for ever, and nothing would end.
          if (closing) response.setHeader("connection", "close");
          if (!door.open(request, response)) routes(request, response);
        },
      );
      plain = serveWhole(server, door.whole, limits);
      return server;
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket as Socket),
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply, deps.logger);
    },
    ajv: {
      customOptions: { removeAdditional: false, useDefaults: true, coerceTypes: true, allErrors: false },
    },
    schemaController: lazyCompilers(),
  });
  app.addHook("preClose", async () => {
    closing = true;
    plain?.close();
  });
  app.setErrorHandler((error, request, reply) => {
    sendProblem(error, request, reply, deps.logger);
  });
  answerUnknownRoutes(app, deps.logger, DOOR);
  ignoreBodies(app);
  app.addSchema(ProblemSchema);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Tieline",
        version: deps.version,
        description: "The hub's API. Every failure is a problem (RFC 9457).",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: ({ schema, url, route }) => ({ schema: withPermission(schema, route.method, url), url }),
    refResolver: {
      buildLocalReference: (json, _uri, _fragment, index) =>
        typeof json["$id"] === "string" ? json["$id"] : `def-${index}`,
    },
  });
  await app.register(plugin((inner) => healthRoutes(inner, deps, counters)));
  await app.register(
    plugin((inner) => openRoutes(inner, deps)),
    { prefix: "/api/v1" },
  );
  if (deps.desk !== undefined) await app.register(plugin(deskPage));
  await app.register(
    plugin((inner) => guardedRoutes(inner, deps)),
    { prefix: "/api/v1" },
  );
  await app.register(plugin(async (inner) => dashboardRoutes(inner)));
  await app.ready();
  return app;
}

/** Says in the description what a route needs. */
function withPermission(
  schema: FastifySchema,
  method: string | readonly string[],
  url: string,
): FastifySchema {
  const needed = [method].flat().map((one) => permissionOf(one, url))[0];
  return needed === undefined ? schema : Object.assign({ "x-permission": needed }, schema);
}

/** Routes with hooks and body parsers of their own. */
function plugin(add: (app: FastifyInstance) => Promise<void>): FastifyPluginCallback {
  return (app, _options, done) => {
    add(app).then(() => done(), done);
  };
}

/** What needs no token: signing in, the catalogue of errors and the description of the API. */
async function openRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  takeJson(app);
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });
  const { oidc, publicUrl } = deps.settings;
  const provider = oidc === null ? null : openProvider(oidc, deps);
  const base = (): string => publicUrl ?? addressOf(app.server);
  await sessionRoutes(app, deps, provider, base);
  await oidcRoutes(app, deps, provider, base);
  await errorRoutes(app);
  const schema = {
    tags: ["hub"],
    security: [],
    summary: "This description, OpenAPI 3.1",
    response: {
      200: {
        description: "OpenAPI",
        content: {
          "application/json": {
            schema: Type.Unsafe<unknown>({ type: "object", additionalProperties: true }),
          },
        },
      },
    },
  };
  app.get("/openapi.json", { schema }, async () => app.swagger());
}

/** Where the server listens; such a hub is reached from its own machine only. */
function addressOf(server: Pick<FastifyInstance["server"], "address">): string {
  const at = server.address();
  if (at === null || typeof at === "string") return "http://localhost";
  return `http://${at.family === "IPv6" ? `[${at.address}]` : at.address}:${at.port}`;
}

async function guardedRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  takeJson(app);
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff");
  });
  guard(app, deps);
  // An act without a body says nothing more than its address does.
  app.addHook("preValidation", async (request) => {
    if (request.method === "POST") request.body ??= {};
  });
  await messageRoutes(app, deps);
  await messageAttemptRoutes(app, deps);
  await messageMappingRoutes(app, deps);
  await messageEditRoutes(app, deps);
  await messageCaseRoutes(app, deps);
  await replayRoutes(app, deps);
  await flowRoutes(app, deps);
  await deployRoutes(app, deps);
  await mappingRoutes(app, deps);
  await fileRoutes(app, deps);
  await writtenFileRoutes(app, deps);
  await customerRoutes(app, deps);
  await deskRoutes(app, deps);
  await alertRoutes(app, deps);
  await hubRoutes(app, deps);
  await retentionRoutes(app, deps);
  await doctorRoutes(app, deps);
  await overviewRoutes(app, deps);
  await graphRoutes(app, deps);
  await errorGroupRoutes(app, deps);
  await errorMuteRoutes(app, deps);
  await scheduleRoutes(app, deps);
  await streamRoutes(app, deps);
  await ownSessionRoutes(app, deps);
  await userRoutes(app, deps);
  await keyRoutes(app, deps);
  await auditRoutes(app, deps);
}

function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => parseBody(body),
  );
}

/** @throws HubError TL_USAGE with line and column */
function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return parseJson(body);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    throw new HubError(
      "TL_USAGE",
      `the body is ${error.message}`,
      error.place === undefined ? {} : { place: error.place },
    );
  }
}

/** Where no route is, nobody reads the body, whatever its type. */
function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async () => undefined);
}
